import { App } from "cdktf";
import { formatProblems, loadEnvironments } from "./settings/environment.js";
import { NocodbStack } from "./stacks/nocodb-stack.js";

const { environments, problems } = loadEnvironments(process.env.NOCODB_ENVIRONMENTS ?? "environments", process.env);
if (problems.length > 0) process.stderr.write(`${formatProblems(problems)}\n`);

const app = new App();
for (const environment of environments) new NocodbStack(app, environment);
app.synth();
