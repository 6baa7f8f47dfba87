// An identity provider as companies have one: the certified `oidc-provider`, on loopback, with people of its own. Version 8, as 9 wants a later Node.
// Knows OpenID Connect and its own pages; knows nothing of the portal's.

import type { Page } from "@playwright/test";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
// It comes without types.
// @ts-expect-error
import Provider from "oidc-provider";

export const CLIENT = "portal";
export const SECRET = "a secret that the portal and its provider share";

/** Somebody at the provider, by the name that never changes there. */
export type Person = { email?: string; email_verified?: boolean };

export class IdentityProvider {
  private constructor(
    /** Where it describes itself. */
    readonly issuer: string,
    private readonly server: Server,
  ) {}

  /** Starts one that sends people back to `back`. */
  static async start(back: string, people: Record<string, Person>): Promise<IdentityProvider> {
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const provider = new Provider(issuer, {
      clients: [{ client_id: CLIENT, client_secret: SECRET, redirect_uris: [back] }],
      claims: { email: ["email", "email_verified"] },
      cookies: { keys: ["of this test alone"] },
      findAccount: (_: unknown, sub: string) => ({
        accountId: sub,
        claims: async () => ({ sub, ...people[sub] }),
      }),
    });
    server.on("request", provider.callback());
    return new IdentityProvider(issuer, server);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, "close");
  }

  /** Signs in on its page as one of its people, and lets the portal know who that is. */
  async signIn(page: Page, subject: string): Promise<void> {
    await page.locator("input[name=login]").fill(subject);
    await page.locator("input[name=password]").fill("anything");
    await page.getByRole("button", { name: "Sign-in" }).click();
    await page.getByRole("button", { name: "Continue" }).click();
  }
}
