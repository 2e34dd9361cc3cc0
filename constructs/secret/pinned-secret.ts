import { Resource } from "@cdktf/provider-null/lib/resource/index.js";
import { Construct } from "constructs";
import type { Secret } from "../remote-host/secret.js";

export interface PinnedSecretProps {
  readonly secret: Secret;
  /** The error message of a plan with another secret than before: what is wrong and what to do. */
  readonly problem: string;
}

/**
 * A secret that must not change: its first fingerprint is kept, and a plan with another one fails before anything is
 * stopped. Replacing the resource (`-replace`) accepts a new value on purpose.
 */
export class PinnedSecret extends Construct {
  constructor(scope: Construct, id: string, props: PinnedSecretProps) {
    super(scope, id);
    const { fingerprint } = props.secret;
    new Resource(this, "Resource", {
      triggers: { fingerprint },
      lifecycle: {
        ignoreChanges: ["triggers"],
        postcondition: [
          { condition: fingerprint.replace("${", "${self.triggers.fingerprint == "), errorMessage: props.problem },
        ],
      },
    });
  }
}
