using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Flyball.Native.Tests")]
