import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

export const demoPassword = 'squad-demo-2026';

// People have other devices too: a telephone, in the list of those signed in.
const telephone = 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Version/17.5 Mobile Safari/604.1';

// What the test does beside the browser: other people, and the expert's side of a visit.
export class Api {
    #url;
    #token;
    account;

    constructor(url) {
        this.#url = url;
    }

    async signIn(email, password = demoPassword) {
        return this.#adopt(await this.call('POST', '/auth/login', { email, password, device: 'portal test' }));
    }

    async register(registration) {
        return this.#adopt(await this.call('POST', '/auth/register', registration));
    }

    async call(method, path, body) {
        const response = await this.send(method, path, body);
        const text = await response.text();
        if (!response.ok)
            throw new Error(`${method} ${path}: ${response.status} ${text}`);
        return text === '' ? null : JSON.parse(text);
    }

    send(method, path, body) {
        return fetch(`${this.#url}/api/v1${path}`, {
            method,
            headers: {
                accept: 'application/json',
                'user-agent': telephone,
                'idempotency-key': randomUUID(),
                ...(body !== undefined && { 'content-type': 'application/json' }),
                ...(this.#token && { authorization: `Bearer ${this.#token}` }),
            },
            body: body === undefined ? undefined : JSON.stringify(body),
        });
    }

    #adopt(signedIn) {
        this.#token = signedIn.accessToken;
        this.account = signedIn.account;
        return this;
    }
}

// Asks until the answer is what is waited for: what follows from events is there soon, not at once.
export async function eventually(what, ask, isReady) {
    const deadline = Date.now() + 30_000;
    for (;;) {
        const answer = await ask();
        if (isReady(answer))
            return answer;
        if (Date.now() > deadline)
            throw new Error(`${what} did not come: ${JSON.stringify(answer)}`);
        await pause(50);
    }
}
