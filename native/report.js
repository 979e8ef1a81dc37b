// Reads what the test suites wrote for ./test: <suite>.json (CTRF), <suite>.exit (exit code), <suite>.log (output).
//
//   node report.js suite FOLDER RULE SUITE         one line for the suite, its failures and skipped tests
//   node report.js total FOLDER RULE SUITE...      the sum, alone on the last line
//
// RULE is --all or --filtered.
//
// A suite that ended badly without a failed test to show for it counts as one failure: a crash, a hang, no report, or,
// unless a filter was given, no test at all.
'use strict';
const fs = require('node:fs');
const path = require('node:path');

function read(folder, suite) {
  const exit = Number(fs.readFileSync(path.join(folder, `${suite}.exit`), 'utf8'));
  let tests = null;
  try {
    tests = JSON.parse(fs.readFileSync(path.join(folder, `${suite}.json`), 'utf8')).results.tests;
  } catch {
    // No report, or half of one: the suite crashed.
  }
  const count = status => (tests ?? []).filter(t => t.status === status).length;
  const result = { suite, exit, tests: tests ?? [], passed: count('passed'), skipped: count('skipped') };
  result.failed = result.tests.length - result.passed - result.skipped;
  if (tests === null) {
    result.problem = exit === 124 || exit === 137 ? 'ran into its time limit' : `ended with exit code ${exit} and without a report`;
  } else if (exit !== 0 && result.failed === 0 && tests.length > 0) {
    result.problem = `ended with exit code ${exit} though no test failed`;
  }
  return result;
}

// Counts the problem of a suite as a failure, so that the last line can never read well over a suite that went dark.
function judge(result, filtered) {
  if (!result.problem && result.passed + result.failed === 0 && !filtered) {
    result.problem = result.skipped > 0 ? 'skipped every test it has' : 'ran no test';
  }
  if (result.problem) {
    result.failed++;
  }
  return result;
}

const counts = ({ passed, failed, skipped }) =>
  `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;

function printSuite(folder, suite, filtered) {
  const result = judge(read(folder, suite), filtered);
  for (const test of result.tests.filter(t => t.status !== 'passed' && t.status !== 'skipped')) {
    console.log(`  FAILED  ${test.name}`);
    for (const text of [test.message, test.trace]) {
      if (text) {
        console.log(text.trimEnd().replace(/^/gm, '          '));
      }
    }
  }
  for (const test of result.tests.filter(t => t.status === 'skipped')) {
    console.log(`  skipped ${test.name}: ${(test.extra?.reason ?? test.message ?? 'no reason given').split('\n')[0]}`);
  }
  if (result.problem) {
    const log = fs.readFileSync(path.join(folder, `${suite}.log`), 'utf8').trimEnd().split('\n');
    console.log(log.slice(-40).join('\n').replace(/^/gm, '  | '));
    console.log(`  PROBLEM ${suite} ${result.problem}`);
  }
  const seconds = result.tests.reduce((sum, test) => sum + (test.duration ?? 0), 0) / 1000;
  console.log(`  ${counts(result)} (${seconds.toFixed(1)} s in tests)`);
}

function printTotal(folder, suites, filtered) {
  const results = suites.map(suite => judge(read(folder, suite), filtered));
  for (const { suite, problem } of results) {
    if (problem) {
      console.log(`${suite} ${problem}`);
    }
  }
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const result of results) {
    for (const key of Object.keys(total)) {
      total[key] += result[key];
    }
  }
  // A filter that no test matches has tested nothing.
  if (total.passed + total.failed + total.skipped === 0) {
    console.log('no test matches');
    total.failed = 1;
  }
  console.log(counts(total));
  process.exitCode = total.failed > 0 ? 1 : 0;
}

const [verb, folder, rule, ...suites] = process.argv.slice(2);
const filtered = rule === '--filtered';
if (verb === 'suite') {
  printSuite(folder, suites[0], filtered);
} else {
  printTotal(folder, suites, filtered);
}
