import type { Command } from "commander";
import { receiverInput } from "../../constructs/alerts/alert-policy.js";
import { SERVICE } from "../../constructs/nocodb/nocodb-props.js";
import { placesOf } from "../../settings/places.js";
import { environmentFile, environmentNamed } from "../environment-files.js";
import { Failure, INVALID } from "../exit-codes.js";
import { runOnHost } from "../run-on-host.js";
import { addVerb, ENVIRONMENT } from "../verb.js";

export function addAlertsTest(alerts: Command): void {
  addVerb(alerts, "test", {
    summary: "Send a test message to the receiver of alerts",
    details: "The host sends it, as it sends alerts.",
    examples: ["alerts test prod"],
  })
    .argument(...ENVIRONMENT)
    .action((name: string) => {
      const environment = environmentNamed(name);
      const { alerts } = environment;
      if (alerts === undefined) {
        throw new Failure(
          `alerts: is not set in ${environmentFile(name)}: add it with a webhook or a command`,
          INVALID,
        );
      }
      const place = { ...placesOf(environment), environmentName: name, name: SERVICE };
      return runOnHost(environment, "alerts/send-test", receiverInput(alerts, place));
    });
}
