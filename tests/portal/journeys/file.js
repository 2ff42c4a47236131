import assert from 'node:assert/strict';
import { test } from 'node:test';

import { eventually } from '../support/api.js';
import { endInBrowser, newCustomer, productNamed } from '../support/people.js';
import { away, refused } from '../support/browser.js';
import { fileButton, filedTicketId, fillTicket, signIn, until } from '../support/visitor.js';
import { world } from '../support/world.js';

const tickets = '**/api/v1/tickets';
const ticketsOf = async (customer) => (await customer.api.call('GET', '/tickets')).items;

// A customer who is signed in, and a product; then the test.
async function atHome(task, options) {
    const { server, browser } = world;
    const customer = await newCustomer(server);
    const product = await productNamed(server, 'TV');
    await browser.visit(server.url, async (page, context) => {
        await signIn(page, customer);
        await task({ page, context, customer, product });
    }, options);
}

test('the number is shown when the ticket is stored, and not before', async () => {
    await atHome(async ({ page, customer, product }) => {
        let release;
        const held = new Promise((resolve) => {
            release = resolve;
        });
        await page.route(tickets, async (route) => {
            const response = await route.fetch();
            await held;
            await route.fulfill({ response });
        }, { times: 1 });
        await fillTicket(page, product);
        await fileButton(page).click();
        await page.getByRole('button', { name: 'Sending…' }).waitFor();
        const [{ number }] = await eventually('the ticket', () => ticketsOf(customer), ({ length }) => length === 1);
        assert.doesNotMatch(await page.locator('body').innerText(), /T-\d/); // stored, but the page cannot know yet

        release();

        await page.getByText(number, { exact: true }).waitFor();
    });
});

test('a double click files one ticket', async () => {
    await atHome(async ({ page, customer, product }) => {
        await fillTicket(page, product);
        await fileButton(page).dblclick();
        await filedTicketId(page);

        assert.equal((await ticketsOf(customer)).length, 1);
    });
});

test('two submits in one instant are sent under one key', async () => {
    await atHome(async ({ page, customer, product }) => {
        await fillTicket(page, product);
        await page.locator('form').evaluate((form) => {
            form.requestSubmit();
            form.requestSubmit();
        });
        await filedTicketId(page);

        assert.equal((await ticketsOf(customer)).length, 1);
    });
});

test('an answer that is lost leaves one ticket, and the page finds it', async () => {
    await atHome(async ({ page, customer, product }) => {
        let lost = 0;
        await page.route(tickets, async (route) => {
            if (route.request().method() !== 'POST' || lost >= 2)
                return route.continue();
            lost += 1;
            await route.fetch(); // the server files it
            return route.abort('connectionreset'); // and the answer never arrives
        });
        await fillTicket(page, product);
        await fileButton(page).click();
        await page.getByText('we have not heard back').waitFor();
        assert.equal(await page.getByText(/T-\d+/).count(), 0); // no number before it is certain
        await page.getByRole('button', { name: 'Try now' }).click();
        await filedTicketId(page);

        assert.equal(lost, 2);
        assert.equal((await ticketsOf(customer)).length, 1);
    }, { tolerate: away });
});

test('a reload while nobody knows whether it arrived sends the same ticket, once', async () => {
    await atHome(async ({ page, customer, product }) => {
        let isAway = true;
        await page.route(tickets, async (route) => {
            if (route.request().method() !== 'POST' || !isAway)
                return route.continue();
            await route.fetch();
            return route.abort('connectionreset');
        });
        await fillTicket(page, product);
        await fileButton(page).click();
        await page.getByText('we have not heard back').waitFor();

        await page.reload();
        await page.getByText(/We are finishing that now|not heard back/).waitFor();
        isAway = false;
        await filedTicketId(page);

        assert.equal((await ticketsOf(customer)).length, 1);
    }, { tolerate: away });
});

test('a draft survives a reload', async () => {
    await atHome(async ({ page, product }) => {
        await fillTicket(page, product);
        await page.getByLabel('Contact person').fill('Charles Babbage');
        await page.reload();

        await until('the draft', async () => await page.getByLabel('What is wrong?').inputValue() === 'The screen stays black');
        assert.equal(await page.getByRole('combobox', { name: 'Which device' }).inputValue(), product.name);
        assert.equal(await page.getByLabel('Contact person').inputValue(), 'Charles Babbage');
        await fileButton(page).click();
        await filedTicketId(page);
        await page.goto('/tickets/new');
        await page.getByLabel('What is wrong?').waitFor();
        assert.equal(await page.getByLabel('What is wrong?').inputValue(), '');
    });
});

async function signInAgain(page, customer) {
    await page.getByText('Your session has ended').waitFor();
    await page.getByLabel('E-mail address').fill(customer.email);
    await page.getByLabel('Password', { exact: true }).fill(customer.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
}

test('a draft survives the end of the session', async () => {
    await atHome(async ({ page, customer, product }) => {
        await fillTicket(page, product);
        await endInBrowser(customer); // the page notices by itself
        await signInAgain(page, customer);

        await until('the draft', async () => await page.getByLabel('What is wrong?').inputValue() === 'The screen stays black');
        await fileButton(page).click();
        await filedTicketId(page);
        assert.equal((await ticketsOf(customer)).length, 1);
    }, { tolerate: refused });
});

test('a ticket that was sent when the session ended is filed after the next sign-in, without another click', async () => {
    await atHome(async ({ page, customer, product }) => {
        await fillTicket(page, product);
        await page.route(tickets, async (route) => {
            await endInBrowser(customer); // while the ticket is on its way
            await route.continue();
        }, { times: 1 });
        await fileButton(page).click();
        await signInAgain(page, customer);

        await filedTicketId(page);
        assert.equal((await ticketsOf(customer)).length, 1);
    }, { tolerate: refused });
});
