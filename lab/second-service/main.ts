/** The app of the second service: `npx cdktf deploy notes --app "npx tsx lab/second-service/main.ts ENVIRONMENT IMAGE"`. */
import { App } from "cdktf";
import { formatProblems, loadEnvironments } from "../../settings/environment.js";
import { NotesStack } from "./notes-stack.js";

const [name, image] = process.argv.slice(2);
const { environments, problems } = loadEnvironments(process.env.NOCODB_ENVIRONMENTS ?? "environments", process.env);
const environment = environments.find((each) => each.name === name);
if (environment === undefined || image === undefined) {
  console.error(`usage: main.ts ENVIRONMENT IMAGE\n${formatProblems(problems)}`);
  process.exit(1);
}
const app = new App({ outdir: process.env.CDKTF_OUTDIR ?? "cdktf.out" });
new NotesStack(app, environment, image);
app.synth();
