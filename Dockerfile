# The server as an image, for linux/amd64. docs/reference/container.md says how to run it.
ARG DOTNET=mcr.microsoft.com/dotnet

# The libraries of DuckDB and ONNX Runtime, by lock file. No script of a package is run.
FROM node:22-bookworm-slim AS native
WORKDIR /native
COPY native/package.json native/package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund

# XGBoost trains; serving does without it.
FROM debian:bookworm-slim AS xgboost
RUN apt-get update \
 && apt-get install -y --no-install-recommends libxgboost0 \
 && mkdir /libraries \
 && cp -L /usr/lib/x86_64-linux-gnu/libxgboost.so.0 /usr/lib/x86_64-linux-gnu/libdmlc.so.0 /usr/lib/x86_64-linux-gnu/libgomp.so.1 /libraries/

FROM ${DOTNET}/sdk:10.0 AS build
WORKDIR /source
COPY global.json Directory.Build.props Directory.Packages.props BannedSymbols.txt .editorconfig ./
COPY src/ src/
COPY --from=native /native/node_modules/ native/node_modules/
RUN dotnet publish src/Flyball.Server/Flyball.Server.csproj -c Release -o /app -p:RestoreLockedMode=true

FROM ${DOTNET}/aspnet:10.0
COPY --from=xgboost /libraries/ /usr/local/lib/
RUN ldconfig && mkdir /data && chown "$APP_UID" /data
WORKDIR /app
COPY --from=build /app ./
ENV FLYBALL_DATA=/data
VOLUME /data
EXPOSE 8080

# A user of the base image, who owns nothing but the data.
USER $APP_UID

# Ready, and not only alive: it turns unhealthy as soon as the server drains.
HEALTHCHECK --interval=5s --timeout=3s --start-period=60s --retries=2 \
  CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/8080 && printf 'GET /health/ready HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n' >&3 && head -n 1 <&3 | grep -q ' 200 '"]
ENTRYPOINT ["dotnet", "Flyball.Server.dll"]
CMD ["up", "--project", "/project", "--urls", "http://0.0.0.0:8080", "--keys", "/keys/keys.json", "--log-format", "json"]
