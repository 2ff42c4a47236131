import assert from 'node:assert/strict';
import { test } from 'node:test';

import { away, refused } from '../support/browser.js';
import { endInBrowser, newCustomer, productNamed } from '../support/people.js';
import { fileButton, filedTicketId, fillTicket, heading, signIn, until } from '../support/visitor.js';
import { world } from '../support/world.js';

async function inTwoTabs(task) {
    const { server, browser } = world;
    const customer = await newCustomer(server);
    await browser.visit(server.url, async (first, context) => {
        await signIn(first, customer);
        const second = await context.newPage();
        await second.goto('/home');
        await heading(second, 'My tickets').waitFor();
        await task({ first, second, context, customer });
    }, { tolerate: refused });
}

const isAt = (page, name) => () => heading(page, name).isVisible();

test('a new tab is signed in by the one that is', async () => {
    await inTwoTabs(async ({ second }) => {
        assert.equal(await second.evaluate(() => sessionStorage.getItem('squad.session') !== null), true);
    });
});

test('tabs that reload all at once do not end each other’s session', async () => {
    await inTwoTabs(async ({ first, second, context }) => {
        const tabs = [first, second, await context.newPage(), await context.newPage()];
        await Promise.all(tabs.slice(2).map((tab) => tab.goto('/home')));
        for (let round = 0; round < 5; ++round) {
            await Promise.all(tabs.map((tab) => tab.reload()));
            for (const tab of tabs)
                await heading(tab, 'My tickets').waitFor();
        }
        assert.deepEqual(await Promise.all(tabs.map((tab) => new URL(tab.url()).pathname)), tabs.map(() => '/home'));
    });
});

test('impatient reloads do not sign anybody out', async () => {
    const { server, browser } = world;
    const customer = await newCustomer(server);
    await browser.visit(server.url, async (page) => {
        await signIn(page, customer);
        for (let round = 0; round < 10; ++round) {
            const asked = page.waitForRequest('**/app/main.js');
            await page.evaluate(() => setTimeout(() => location.reload()));
            await asked; // and before the page is there, the next reload
        }
        await heading(page, 'My tickets').waitFor();
    }, { tolerate: away });
});

test('a refresh whose answer is lost costs a sign-in at most, and leads back', async () => {
    const { server, browser } = world;
    const customer = await newCustomer(server);
    await browser.visit(server.url, async (page) => {
        await signIn(page, customer);
        let isLost = false;
        await page.route('**/api/v1/auth/refresh', async (route) => {
            if (isLost)
                return route.continue();
            isLost = true;
            await route.fetch();
            return route.abort('connectionreset');
        });
        // As after a crash: nothing was handed on, so that the page begins with a refresh.
        await page.addInitScript(() => sessionStorage.removeItem('squad.handover'));
        await page.goto('/account');
        const account = page.getByText('This browser');
        const password = page.getByLabel('Password', { exact: true });
        await account.or(password).first().waitFor();
        assert.ok(isLost);
        if (await password.isVisible()) {
            await page.getByLabel('E-mail address').fill(customer.email);
            await password.fill(customer.password);
            await page.getByRole('button', { name: 'Sign in' }).click();
        }
        await account.waitFor();
    }, { tolerate: away });
});

test('a reload hands the access token on, and leaves it nowhere', async () => {
    const { server, browser } = world;
    const customer = await newCustomer(server);
    await browser.visit(server.url, async (page) => {
        await signIn(page, customer);
        let refreshes = 0;
        page.on('request', (request) => {
            refreshes += request.url().endsWith('/auth/refresh') ? 1 : 0;
        });
        await page.reload();
        await page.getByText('Nothing is broken').waitFor();

        assert.equal(refreshes, 0);
        const kept = await page.evaluate(() => Object.entries(sessionStorage).concat(Object.entries(localStorage)).flat().join(' '));
        assert.doesNotMatch(kept, /handover|"token"/);
    });
});

test('the tab that held the newest token may go', async () => {
    await inTwoTabs(async ({ first, second }) => {
        await first.reload();
        await heading(first, 'My tickets').waitFor();
        await first.close();

        await second.reload();
        await until('the second tab', isAt(second, 'My tickets'));
    });
});

test('a duplicated tab, with a copy of the storage, is no second session', async () => {
    await inTwoTabs(async ({ first, context }) => {
        const kept = await first.evaluate(() => sessionStorage.getItem('squad.session'));
        const copy = await context.newPage();
        await copy.addInitScript((text) => sessionStorage.setItem('squad.session', text), kept);
        await copy.goto('/account');
        await heading(copy, 'Account').waitFor();

        await first.reload();
        await until('the original', isAt(first, 'My tickets'));
        await copy.getByText('This browser').waitFor();
    });
});

test('signing out in one tab signs out of all', async () => {
    await inTwoTabs(async ({ first, second }) => {
        await first.getByRole('link', { name: 'Account', exact: true }).click();
        await first.getByRole('button', { name: 'Sign out', exact: true }).click();

        await heading(second, /It broke/).waitFor();
    });
});

test('a session that is ended from elsewhere ends on every page by itself, kindly', async () => {
    await inTwoTabs(async ({ first, second, customer }) => {
        await endInBrowser(customer);

        for (const tab of [first, second]) {
            await tab.getByText('Your session has ended').waitFor();
            assert.match(tab.url(), /\/sign-in\?next=%2Fhome$/);
        }
    });
});

test('an access token that is about to run out is renewed before anybody notices', async () => {
    const { server, browser } = world;
    const customer = await newCustomer(server);
    await browser.visit(server.url, async (page) => {
        await page.clock.install();
        await signIn(page, customer);
        await page.getByText('Nothing is broken').waitFor();

        const renewed = page.waitForResponse('**/api/v1/auth/refresh');
        await page.clock.fastForward('14:30'); // of the fifteen minutes it is good for
        assert.equal((await renewed).status(), 200);

        await page.getByRole('link', { name: 'Account', exact: true }).click();
        await page.getByText('This browser').waitFor();
    });
});

test('a token that the server no longer takes is replaced, and the call made again', async () => {
    const { server, browser } = world;
    const customer = await newCustomer(server);
    await browser.visit(server.url, async (page) => {
        await signIn(page, customer);
        await page.route('**/api/v1/me', (route) => route.continue({
            headers: { ...route.request().headers(), authorization: 'Bearer of-yesterday' },
        }), { times: 1 });
        const renewed = page.waitForResponse('**/api/v1/auth/refresh');
        await page.getByRole('link', { name: 'Account', exact: true }).click();

        assert.equal((await renewed).status(), 200);
        await until('the profile', async () => await page.getByLabel('Full name').inputValue() === customer.name);
    });
});

test('what one tab does is seen in the other', async () => {
    const { server } = world;
    const product = await productNamed(server, 'TV');
    await inTwoTabs(async ({ first, second }) => {
        await fillTicket(first, product, 'Only one speaker works');
        await fileButton(first).click();
        const id = await filedTicketId(first, 'Only one speaker works');
        await second.getByRole('link', { name: 'Only one speaker works' }).click();
        await heading(second, 'Only one speaker works').waitFor();

        await first.getByRole('button', { name: 'Cancel this ticket' }).click();
        await first.getByRole('button', { name: 'Cancel ticket' }).click();

        await second.locator('.headline').getByText('This ticket is cancelled.').waitFor();
        await second.getByRole('button', { name: 'Cancel this ticket' }).waitFor({ state: 'detached' });
        assert.equal(new URL(second.url()).pathname, `/tickets/${id}`);
    });
});
