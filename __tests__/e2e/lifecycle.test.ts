/**
 * The life of one deployment on a real host, from nothing to nothing. The files build on each other and share one
 * deployment (see lifecycle.ts), because every start of NocoDB takes a quarter of a minute.
 */
import "./lifecycle/valid-stacks.js";
import "./lifecycle/host-not-ready.js";
import "./lifecycle/first-deploy.js";
import "./lifecycle/change.js";
import "./lifecycle/consumers-at-work.js";
import "./lifecycle/consumers-changed.js";
import "./lifecycle/consumers-drift.js";
import "./lifecycle/consumers-refused.js";
import "./lifecycle/drift.js";
import "./lifecycle/container-drift.js";
import "./lifecycle/refused.js";
import "./lifecycle/secrets-changed.js";
import "./lifecycle/secrets-given.js";
import "./lifecycle/lost-state.js";
import "./lifecycle/failing-service.js";
import "./lifecycle/disable-and-enable.js";
import "./lifecycle/upgrade-and-restore.js";
import "./lifecycle/destroy.js";
import "./lifecycle/destroy-and-restore.js";
import "./lifecycle/second-host.js";
import "./lifecycle/secrecy.js";
import "./lifecycle/delete-data.js";
