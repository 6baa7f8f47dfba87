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

/** How somebody proves itself there. */
export type Way = { acr?: string; amr?: string[] };

export class IdentityProvider {
  /** What is said of whoever signs in from now on. */
  way: Way = {};

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
      claims: { openid: ["sub", "acr", "amr"], email: ["email", "email_verified"] },
      cookies: { keys: ["of this test alone"] },
      findAccount: (_: unknown, sub: string) => ({
        accountId: sub,
        claims: async () => ({ sub, ...people[sub] }),
      }),
    });
    const started = new IdentityProvider(issuer, server);
    // Its own page asks for nothing but a name, and says nothing of how that was proved.
    const finished = provider.interactionFinished.bind(provider);
    provider.interactionFinished = (request: unknown, response: unknown, result: { login?: object }, options: unknown) =>
      finished(request, response, result.login ? { ...result, login: { ...result.login, ...started.way } } : result, options);
    server.on("request", provider.callback());
    return started;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, "close");
  }

  /** Signs in on its page as one of its people, and lets the portal know who that is. */
  async signIn(page: Page, subject: string): Promise<void> {
    await this.prove(page, subject);
    await page.getByRole("button", { name: "Continue" }).click();
  }

  /** Signs in on its page as somebody whom the portal knows from there. */
  async prove(page: Page, subject: string): Promise<void> {
    await page.locator("input[name=login]").fill(subject);
    await page.locator("input[name=password]").fill("anything");
    await page.getByRole("button", { name: "Sign-in" }).click();
  }
}
