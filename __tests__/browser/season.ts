import type { Api } from "nocodb-sdk";

/** How far a scene is. A Kanban view has one stack for each. */
export const STATUSES = ["Script", "Prompts", "Rendering", "Review", "Done"] as const;
export type Status = (typeof STATUSES)[number];

const EPISODES = ["The harbour", "Low tide", "The lighthouse"];

const SCENES: readonly { title: string; episode: number; status: Status; prompt: string }[] = [
  { title: "A boat without a name", episode: 1, status: "Done", prompt: "fog, an empty boat, ink" },
  { title: "The customs house at night", episode: 1, status: "Done", prompt: "one lit window, rain" },
  { title: "Mei finds the map", episode: 1, status: "Review", prompt: "hands, candle, old paper" },
  { title: "Footprints in the mud", episode: 2, status: "Rendering", prompt: "low tide, grey light" },
  { title: "The bell under water", episode: 2, status: "Prompts", prompt: "green light from above" },
  { title: "The keeper tells a lie", episode: 3, status: "Script", prompt: "close-up, half in shadow" },
];

/** The tables of a season: its episodes, and their scenes with status, prompt and storyboard. */
export class Season {
  private constructor(
    readonly baseId: string,
    readonly scenes: string,
  ) {}

  /** Creates the tables and their rows in the base that the deploy has created, as a consumer that may do so. */
  static async create(api: Api<unknown>): Promise<Season> {
    const [base] = (await api.base.list()).list!;
    const table = async (name: string, title: string, columns: object[]) => {
      const id = { column_name: "id", title: "Id", uidt: "ID" };
      const first = { column_name: "title", title: "Title", uidt: "SingleLineText", pv: true };
      const described = { table_name: name, title, columns: [id, first, ...columns] };
      return (await api.dbTable.create(base!.id!, described as never)).id!;
    };
    const episodes = await table("episodes", "Episodes", [
      { column_name: "minutes", title: "Minutes", uidt: "Number" },
    ]);
    const options = STATUSES.map((title) => ({ title }));
    const scenes = await table("scenes", "Scenes", [
      { column_name: "status", title: "Status", uidt: "SingleSelect", colOptions: { options } },
      { column_name: "prompt", title: "Prompt", uidt: "LongText" },
      { column_name: "storyboard", title: "Storyboard", uidt: "Attachment" },
    ]);
    const link = { uidt: "LinkToAnotherRecord", title: "Episode", parentId: episodes, childId: scenes, type: "bt" };
    await api.dbTableColumn.create(scenes, link as never);
    await api.dbDataTableRow.create(
      episodes,
      EPISODES.map((title) => ({ Title: title, Minutes: 20 })),
    );
    const season = new Season(base!.id!, scenes);
    for (const { title, episode, status, prompt } of SCENES) {
      await season.addScene(api, { Title: title, Status: status, Prompt: prompt, episodes_id: episode });
    }
    return season;
  }

  async addScene(api: Api<unknown>, scene: Readonly<Record<string, unknown>>): Promise<void> {
    await api.dbDataTableRow.create(this.scenes, [scene]);
  }

  /** NocoDB calls the address for every scene that is created from now on. */
  async callOnInsert(api: Api<unknown>, address: string): Promise<void> {
    const body = "{{ json event }}";
    const notification = { type: "URL", payload: { method: "POST", path: address, body } };
    const on = { event: "after" as const, operation: ["insert" as const] };
    // NocoDB 0.301.3 requires the version of a hook, which its client's types lack.
    const webhook = { title: "Tell n8n of a new scene", ...on, notification, version: "v3", active: true };
    await api.dbTableWebhook.create(this.scenes, webhook);
  }
}
