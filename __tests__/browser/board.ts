import type { Page } from "playwright-core";
import { DESKTOP } from "./chromium.js";
import type { Status } from "./season.js";

/** A picture for the field Storyboard of a scene. */
const STORYBOARD = `<body style="margin:0"><svg viewBox="0 0 640 400">
  <rect width="640" height="400" fill="#12304a"/><circle cx="520" cy="90" r="46" fill="#f4e3b2"/>
  <path d="M0 300q80-30 160 0t160 0 160 0 160 0v100H0z" fill="#0b1d2d"/>
  <path d="M250 310l20-190h60l20 190z" fill="#e8e4da"/><path d="M262 120h76l-38-44z" fill="#a33b2e"/>
  <path d="M300 110L20 60v90z" fill="#f4e3b2" opacity=".35"/></svg>`;

/** NocoDB's page, as a person clicks through it. */
export class Board {
  constructor(
    readonly page: Page,
    private readonly url: string,
  ) {}

  /** Signs in, past the questions that a first visitor is asked. */
  async signIn(email: string, password: string): Promise<void> {
    await this.page.goto(this.url);
    await this.page.locator("input[type=email], input[placeholder*=mail]").first().fill(email);
    const field = this.page.locator("input[type=password]");
    await field.fill(password);
    await field.press("Enter");
    const skip = this.page.getByText("Skip", { exact: true });
    const base = this.page.getByText("Production").first();
    await skip.or(base).first().waitFor();
    if (await skip.isVisible()) await skip.click();
    await base.waitFor();
  }

  /** Opens a table of the base, in the view that it has from the start. */
  async openTable(title: string): Promise<void> {
    await this.page.locator(".nc-tbl-title", { hasText: title }).first().click();
    await this.page.getByText("Create View").waitFor();
  }

  /** Creates a Kanban view of the open table. Its stacks are the options of the only field that can be one. */
  async createKanban(title: string): Promise<void> {
    await this.page.getByText("Create View").click();
    await this.page.locator(".ant-dropdown:visible").getByText("Kanban").click();
    const dialog = this.page.locator(".ant-modal:visible");
    await dialog.locator("input").first().fill(title);
    await dialog.getByRole("button", { name: "Create view" }).click();
    await this.page.locator(".nc-kanban-stack").first().waitFor();
  }

  /** Leaves the whole width to the open view. */
  async hideSidebar(): Promise<void> {
    await this.page.locator(".nc-sidebar-left-toggle-icon").first().click();
    await this.page.mouse.move(DESKTOP.width / 2, DESKTOP.height - 1);
    await this.page.locator(".ant-tooltip:visible").waitFor({ state: "hidden" });
  }

  stack(status: Status) {
    const head = this.page.locator(".nc-kanban-stack-head", { hasText: status });
    return this.page.locator(".nc-kanban-stack").filter({ has: head });
  }

  card(title: string, status: Status) {
    return this.stack(status).getByText(title, { exact: true });
  }

  /** Creates a scene in a stack, with a file as its storyboard, and saves it. */
  async createScene(title: string, status: Status): Promise<void> {
    await this.stack(status).getByRole("button", { name: "New record" }).last().click();
    const form = this.page.locator(".nc-drawer-expanded-form");
    await form.locator(".nc-expand-col-Title textarea").fill(title);
    await form.getByText(/Show \d+ hidden field/).click();
    await this.upload(form.getByTestId("attachment-cell-file-picker-button"));
    await form.locator(".nc-expand-col-Storyboard img").first().waitFor();
    await form.getByRole("button", { name: "Save record" }).click();
    await form.locator(".nc-expanded-form-header", { hasText: title }).waitFor();
  }

  private async upload(button: ReturnType<Page["locator"]>): Promise<void> {
    await button.click();
    const dialog = this.page.locator(".ant-modal:visible").last();
    const [chooser] = await Promise.all([
      this.page.waitForEvent("filechooser"),
      dialog.getByText("browse files").click(),
    ]);
    await chooser.setFiles({ name: "storyboard.png", mimeType: "image/png", buffer: await this.drawn() });
    await dialog.getByRole("button", { name: /^Upload \d+ file/ }).click();
  }

  private async drawn(): Promise<Buffer> {
    const page = await this.page.context().newPage();
    await page.setViewportSize({ width: 640, height: 400 });
    await page.setContent(STORYBOARD);
    const drawn = await page.screenshot();
    await page.close();
    return drawn;
  }

  async closeScene(): Promise<void> {
    const form = this.page.locator(".nc-drawer-expanded-form");
    await form.locator(".nc-expanded-form-header button").last().click();
    await form.waitFor({ state: "hidden" });
  }

  /** The button beside the view's name. NocoDB 0.301.3 does not show by itself what others have written. */
  async reload(): Promise<void> {
    await this.page.locator(".nc-icon-reload").first().click();
  }
}
