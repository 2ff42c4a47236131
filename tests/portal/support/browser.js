import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { chromium } from 'playwright-core';

const flags = [
    '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync',
];
export const phone = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true };
export const desk = { viewport: { width: 1280, height: 860 } };

// A Chromium with a profile that nobody used before, shared by all tests; every visit has its own cookies and storage.
export class Browser {
    #browser;
    #profile;

    static async start() {
        const browser = new Browser();
        browser.#profile = await mkdtemp(join(tmpdir(), 'portal-profile-'));
        await browser.#launch();
        return browser;
    }

    async #launch() {
        this.#browser = await chromium.launch({
            executablePath: process.env.SQUAD_CHROMIUM ?? '/usr/bin/chromium',
            args: flags,
            env: { ...process.env, HOME: this.#profile },
        });
    }

    async stop() {
        await this.#browser.close();
        await rm(this.#profile, { recursive: true, force: true });
    }

    // Runs `task(page, context)` in a fresh visit; an error nobody expected fails the test. So does the end of the browser's
    // process, and says so; the next visit begins with a new one, so that one failure stays one.
    async visit(url, task, how) {
        if (!this.#browser.isConnected())
            await this.#launch();
        try {
            await this.#visit(url, task, how);
        } catch (error) {
            if (this.#browser.isConnected())
                throw error;
            throw new Error('the browser ended in the middle of this test', { cause: error });
        }
    }

    async #visit(url, task, { options = {}, tolerate = [] } = {}) {
        const context = await this.#browser.newContext({
            baseURL: url, locale: 'en-US', timezoneId: 'America/New_York', ...desk, ...options,
        });
        context.setDefaultTimeout(20_000);
        const complaints = [];
        context.on('page', (page) => listen(page, complaints));
        try {
            const page = await context.newPage();
            await task(page, context);
            const unexpected = complaints.filter((text) => !tolerate.some((pattern) => pattern.test(text)));
            assert.deepEqual(unexpected, []);
        } finally {
            await context.close();
        }
    }
}

// The browser reports a refused request as an error of the page; the pages expect those and handle them.
const handled = /^Failed to load resource: the server responded with a status of 4(04|09|22|01|12)/;

function listen(page, complaints) {
    page.on('pageerror', (error) => complaints.push(`page error: ${error.stack}`));
    page.on('console', (message) => {
        if (['error', 'warning'].includes(message.type()) && !handled.test(message.text()))
            complaints.push(message.text());
    });
    page.on('dialog', (dialog) => {
        complaints.push(`a dialog opened: ${dialog.message()}`);
        dialog.dismiss();
    });
}

// What the network says while a server is away.
export const away = [/net::ERR_/, /WebSocket connection to/];

// What it says when a session ends just while the page connects.
export const refused = [/WebSocket connection to .* HTTP Authentication failed/];
