import assert from 'node:assert/strict';
import { test } from 'node:test';

import { assigned, done, fileTicket, newCustomer, newExpert, newPerson, nextPlace, productNamed } from '../support/people.js';
import { away } from '../support/browser.js';
import { fileButton, filedTicketId, fillAddress, fillTicket, signIn, until } from '../support/visitor.js';
import { world } from '../support/world.js';

const lost = (page) => page.getByText('Reconnecting…');

test('a server that is killed is noticed, and what was missed is caught up', async () => {
    const { server, browser } = world;
    const place = nextPlace();
    const product = await productNamed(server, 'TV');
    const customer = await newCustomer(server, newPerson(place));
    const expert = await newExpert(server, { product, place });
    const { id } = await fileTicket(server, customer, product);
    await assigned(server, id);
    await expert.call('POST', `/tickets/${id}/accept`);

    await browser.visit(server.url, async (page) => {
        await signIn(page, customer);
        await page.goto(`/tickets/${id}`);
        await page.getByText('Maria Lopez takes care of it').waitFor();
        await page.evaluate(() => {
            globalThis.neverReloaded = true;
        });

        await server.kill();
        await lost(page).waitFor();
        await page.getByText('Maria Lopez takes care of it').waitFor(); // what was known stays on the page
        await server.resume();
        await expert.call('POST', `/tickets/${id}/depart`);
        await page.getByText('Maria Lopez is on the way to you.').waitFor();
        await lost(page).waitFor({ state: 'detached' });

        await expert.call('POST', `/tickets/${id}/arrive`);
        await expert.call('POST', `/tickets/${id}/complete`, done);
        await page.getByText('Maria Lopez has finished the work.').waitFor();
        assert.equal(await page.evaluate(() => globalThis.neverReloaded), true);
    }, { tolerate: away });
});

test('a ticket whose answer dies with the server is filed once, by itself, when the server is back', async () => {
    const { server, browser } = world;
    const customer = await newCustomer(server);
    const product = await productNamed(server, 'TV');

    await browser.visit(server.url, async (page) => {
        await signIn(page, customer);
        await fillTicket(page, product);
        await page.route('**/api/v1/tickets', async (route) => {
            await route.fetch(); // stored, and the answer is
            await server.kill(); // never told
            await route.abort('connectionreset');
        }, { times: 1 });
        await fileButton(page).click();
        await page.getByText('we have not heard back').waitFor();
        await lost(page).waitFor();
        await server.resume();
        await filedTicketId(page);

        assert.equal((await customer.api.call('GET', '/tickets')).items.length, 1);
    }, { tolerate: away });
});

test('a ticket whose number was shown is there after a power failure, and the page goes on by itself', async () => {
    const { server, browser } = world;
    const customer = await newCustomer(server);
    const product = await productNamed(server, 'TV');

    await browser.visit(server.url, async (page) => {
        await signIn(page, customer);
        await fillTicket(page, product);
        await fileButton(page).click();
        const number = await page.getByText(/^T-\d+$/).innerText();
        await server.kill();
        await page.getByRole('link', { name: 'Account', exact: true }).click();
        const parts = page.locator('main section.card');
        const emptyParts = parts.filter({ has: page.getByRole('button', { name: 'Try again' }) });
        await until('nothing but parts that cannot be filled', async () =>
            await parts.count() > 0 && await emptyParts.count() === await parts.count());

        await server.resume();

        await page.getByText('This browser').waitFor(); // by itself
        await until('the profile', async () => await page.getByLabel('Full name').inputValue() === customer.name);
        await page.getByRole('link', { name: 'My tickets' }).first().click();
        await page.getByRole('main').getByText(number, { exact: true }).waitFor();
        assert.deepEqual((await customer.api.call('GET', '/tickets')).items.map((ticket) => ticket.number), [number]);
    }, { tolerate: away });
});

test('a page that cannot be filled says so, and a button tries again', async () => {
    const { server, browser } = world;
    const customer = await newCustomer(server);
    await browser.visit(server.url, async (page) => {
        await signIn(page, customer);
        await page.routeWebSocket('**/api/v1/push', () => {}); // or the page would try again by itself
        let isAway = true;
        await page.route('**/api/v1/tickets?*', (route) => (isAway ? route.abort('connectionrefused') : route.continue()));
        await page.reload();
        const again = page.getByRole('button', { name: 'Try again' });
        await again.waitFor();

        isAway = false;
        await again.click();

        await page.getByText('Nothing is broken').waitFor();
    }, { tolerate: away });
});

test('a ticket is filed while profiles and plans are away', async () => {
    const { server, browser } = world;
    const customer = await newCustomer(server);
    const product = await productNamed(server, 'TV');
    await browser.visit(server.url, async (page) => {
        await page.route('**/api/v1/{me,subscriptions}', (route) => route.fulfill({ status: 503 }));
        await signIn(page, customer);
        await page.getByText('Nothing is broken').waitFor();
        await fillTicket(page, product);
        assert.equal(await page.getByLabel('Contact person').inputValue(), customer.name); // what the sign-in told
        await page.getByLabel('Phone number').fill(customer.phone);
        await fillAddress(page, customer.address);
        await fileButton(page).click();

        await filedTicketId(page);
    }, { tolerate: [/status of 503/] });
});

test('without a network the page says so and comes back by itself', async () => {
    const { server, browser } = world;
    const customer = await newCustomer(server);
    await browser.visit(server.url, async (page, context) => {
        await signIn(page, customer);
        await until('a live page', () => page.evaluate(() => document.querySelector('main [aria-busy]') === null));
        await context.setOffline(true);
        await lost(page).waitFor();
        await context.setOffline(false);
        await lost(page).waitFor({ state: 'detached' });
    }, { tolerate: away });
});
