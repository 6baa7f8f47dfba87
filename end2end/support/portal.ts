// The portal under test: the real binary, started with demo data on free ports and a database of
// its own, one per test. Knows processes, ports and databases; knows nothing of pages.

import { test as base, expect } from "@playwright/test";
import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";

const END2END_FOLDER = resolve(import.meta.dirname, "..");
const BINARY = resolve(END2END_FOLDER, process.env.PORTAL_BIN || "../target/release/portal");
const SITE_ROOT = resolve(END2END_FOLDER, process.env.LEPTOS_SITE_ROOT || "../target/site");

/** The instant every portal starts at, so that pages and money do not depend on the day. */
export const START_INSTANT = "2026-07-01T08:00:00Z";

const START_TIMEOUT_MS = 30_000;
const STOP_TIMEOUT_MS = 5_000;

/** What a subcommand of the binary said, and how it ended. */
export type CommandOutcome = { code: number; stdout: string; stderr: string };

/** A port on loopback that is free now. */
async function findFreePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("loopback gave no port");
  server.close();
  await once(server, "close");
  return address.port;
}

/** A database that exists for one test. */
type Database = { url: string; drop: () => Promise<void> };

async function createPostgresDatabase(serverUrl: string): Promise<Database> {
  const name = `portal_journey_${randomBytes(6).toString("hex")}`;
  const onServer = async (statement: string) => {
    const client = new pg.Client({ connectionString: serverUrl });
    await client.connect();
    try {
      await client.query(statement);
    } finally {
      await client.end();
    }
  };
  await onServer(`CREATE DATABASE ${name}`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return { url: url.toString(), drop: () => onServer(`DROP DATABASE ${name} WITH (FORCE)`) };
}

async function createDatabase(projectName: string, folder: string): Promise<Database> {
  if (projectName !== "postgres") {
    return { url: `sqlite://${join(folder, "portal.db")}`, drop: async () => {} };
  }
  const serverUrl = process.env.PORTAL_TEST_POSTGRES_URL;
  if (!serverUrl) throw new Error("The project \"postgres\" needs PORTAL_TEST_POSTGRES_URL.");
  return createPostgresDatabase(serverUrl);
}

/** One running portal together with its sandbox. It can be stopped, killed and started again on the same data. */
export class Portal {
  /** Everything the process has written so far, over all its starts. */
  log = "";
  private process: ChildProcess | undefined;

  private constructor(
    /** The portal's address, without a slash at its end. */
    readonly url: string,
    /** The address of the sandbox's pages: HubSpot, Xero, Slack and the mail. */
    readonly sandboxUrl: string,
    private readonly environment: Record<string, string>,
  ) {}

  /** Where everything is stored. */
  get databaseUrl(): string {
    return this.environment.DATABASE_URL!;
  }

  /** The folder of its files. */
  get folder(): string {
    return this.environment.PORTAL_DATA!;
  }

  /** Chooses the ports; nothing runs until `start`. */
  static async prepare(folder: string, databaseUrl: string, settings: Record<string, string>): Promise<Portal> {
    const [port, sandboxPort, mailPort] = await Promise.all([findFreePort(), findFreePort(), findFreePort()]);
    const address = `127.0.0.1:${port}`;
    const url = `http://localhost:${port}`;
    const sandboxAddress = `127.0.0.1:${sandboxPort}`;
    return new Portal(url, `http://${sandboxAddress}`, {
      DATABASE_URL: databaseUrl,
      PORTAL_ADDR: address,
      // Passkeys belong to a name.
      PORTAL_URL: url,
      SANDBOX_ADDR: sandboxAddress,
      SANDBOX_SMTP_ADDR: `127.0.0.1:${mailPort}`,
      PORTAL_DATA: folder,
      // One person of the tests does the work of many at once.
      PORTAL_REQUESTS_PER_MINUTE: "1000000",
      PORTAL_CLOCK: START_INSTANT,
      LEPTOS_SITE_ROOT: SITE_ROOT,
      ...settings,
    });
  }

  /** Starts the process and waits until it answers; `settings` are kept for later starts. */
  async start(settings: Record<string, string> = {}): Promise<void> {
    if (this.process) throw new Error("The portal is already running.");
    if (!existsSync(BINARY)) throw new Error(`There is no ${BINARY}: run "make build" first.`);
    Object.assign(this.environment, settings);
    const child = spawn(BINARY, ["demo"], {
      cwd: this.environment.PORTAL_DATA,
      env: { ...process.env, ...this.environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.process = child;
    const keep = (chunk: Buffer) => {
      this.log += chunk.toString();
    };
    child.stdout?.on("data", keep);
    child.stderr?.on("data", keep);
    child.on("error", (error) => {
      this.log += `could not be started: ${error.message}\n`;
    });
    await this.waitUntilHealthy(child);
  }

  /** Asks the process to end; after five seconds it is killed, and that is an error. */
  async stop(): Promise<void> {
    if (!(await this.end("SIGTERM"))) {
      throw new Error(`The portal did not end within ${STOP_TIMEOUT_MS} ms of SIGTERM and was killed.`);
    }
  }

  /** Kills the process at once, as a power cut would. */
  async kill(): Promise<void> {
    await this.end("SIGKILL");
  }

  /** Stops and starts again on the same data, for example with a later PORTAL_CLOCK. */
  async restart(settings: Record<string, string> = {}): Promise<void> {
    await this.stop();
    await this.start(settings);
  }

  /** Runs another subcommand of the binary on the same database, for example `run("verify")`. */
  async run(...words: string[]): Promise<CommandOutcome> {
    const child = spawn(BINARY, words, {
      cwd: this.environment.PORTAL_DATA,
      env: { ...process.env, ...this.environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (chunk: Buffer) => {
      stdout += chunk.toString();
    });
    child.stderr.on("data", (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    const [code] = (await once(child, "close")) as [number | null];
    return { code: code ?? -1, stdout, stderr };
  }

  /** What time it is in the portal, in milliseconds since 1970. */
  async now(): Promise<number> {
    const answer = await fetch(`${this.sandboxUrl}/sandbox/clock`);
    const { now } = (await answer.json()) as { now: string };
    return Date.parse(now);
  }

  /** The portal's last lines, for a message. */
  logTail(): string {
    return this.log.split("\n").slice(-30).join("\n");
  }

  private async waitUntilHealthy(child: ChildProcess): Promise<void> {
    const deadline = Date.now() + START_TIMEOUT_MS;
    while (Date.now() < deadline) {
      if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) {
        this.process = undefined;
        throw new Error(`The portal ended before it answered. It said:\n${this.logTail()}`);
      }
      const answer = await fetch(`${this.url}/health`).catch(() => undefined);
      await answer?.body?.cancel();
      if (answer?.status === 200) return;
      await sleep(50);
    }
    await this.kill();
    throw new Error(`${this.url}/health was not 200 within ${START_TIMEOUT_MS} ms. The portal said:\n${this.logTail()}`);
  }

  /** Whether the process ended by `signal` in time; it is gone in either case. */
  private async end(signal: NodeJS.Signals): Promise<boolean> {
    const child = this.process;
    this.process = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return true;
    const ended = once(child, "exit");
    child.kill(signal);
    const inTime = await Promise.race([ended.then(() => true), sleep(STOP_TIMEOUT_MS, false)]);
    if (!inTime) {
      child.kill("SIGKILL");
      await ended;
    }
    return inTime;
  }
}

type PortalFixtures = {
  /** Environment of the portal beyond the harness's own: `test.use({ portalSettings: { … } })`. */
  portalSettings: Record<string, string>;
  portal: Portal;
};

export const test = base.extend<PortalFixtures>({
  portalSettings: [{}, { option: true }],

  portal: async ({ portalSettings }, use, testInfo) => {
    const folder = await mkdtemp(join(tmpdir(), "portal-journey-"));
    const database = await createDatabase(testInfo.project.name, folder);
    const portal = await Portal.prepare(folder, database.url, portalSettings);
    try {
      await portal.start();
      await use(portal);
      await portal.stop();
    } finally {
      await portal.kill();
      if (testInfo.status !== testInfo.expectedStatus) {
        await testInfo.attach("portal.log", { body: portal.log, contentType: "text/plain" });
      }
      await database.drop();
      await rm(folder, { recursive: true, force: true });
    }
  },

  baseURL: async ({ portal }, use) => {
    await use(portal.url);
  },
});

export { expect };
