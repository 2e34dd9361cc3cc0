/**
 * The life of one deployment on a real host, from nothing to nothing. The chapters build on each other: they share one
 * deployment (see story.ts), because every start of NocoDB takes a quarter of a minute.
 */
import "./chapters/01-valid-stacks.js";
import "./chapters/02-host-not-ready.js";
import "./chapters/03-first-deploy.js";
import "./chapters/04-change.js";
import "./chapters/05-consumers-at-work.js";
import "./chapters/06-consumers-changed.js";
import "./chapters/07-consumers-changed-by-hand.js";
import "./chapters/08-consumers-refused.js";
import "./chapters/09-changed-by-hand.js";
import "./chapters/10-container-changed-by-hand.js";
import "./chapters/11-refused.js";
import "./chapters/12-given-secrets.js";
import "./chapters/13-service-that-fails.js";
import "./chapters/14-switched-off-and-on.js";
import "./chapters/17-upgrade-and-back.js";
import "./chapters/15-destroy.js";
import "./chapters/18-destroyed-and-back.js";
import "./chapters/19-second-host.js";
import "./chapters/16-nothing-told.js";
import "./chapters/20-deleted.js";
