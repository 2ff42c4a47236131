import assert from 'node:assert/strict';
import { test } from 'node:test';

import { away, desk, phone } from '../support/browser.js';
import { assigned, done, fileTicket, newCustomer, newExpert, newPerson, nextPlace, productNamed } from '../support/people.js';
import { fileButton, filedTicketId, fillCard, fillRegistration, fillTicket, heading, signIn, until } from '../support/visitor.js';
import { world } from '../support/world.js';

const status = (page) => page.locator('.headline');
const currentStep = (page) => page.locator('[aria-current="step"]');

// A customer's main way; the expert goes theirs beside it, through the API.
async function wholeWay(options) {
    const { server, browser } = world;
    const place = nextPlace();
    const product = await productNamed(server, 'TV');
    const expert = await newExpert(server, { product, place, name: 'Grace Hopper' });

    await browser.visit(server.url, async (page) => {
        await page.goto('/');
        await page.getByRole('link', { name: 'Get started' }).click();
        await fillRegistration(page, newPerson(place));
        await page.getByRole('button', { name: 'Create account' }).click();

        await heading(page, 'Choose a plan').waitFor();
        await page.getByRole('button', { name: /^Choose / }).first().click();
        await page.getByRole('dialog').getByRole('button', { name: /^Confirm for/ }).click();
        await fillCard(page);
        await page.getByText('You are covered').waitFor();

        await fillTicket(page, product);
        await fileButton(page).click();
        const id = await filedTicketId(page);
        await page.getByText(/^T-\d+$/).waitFor();
        await page.evaluate(() => {
            globalThis.neverReloaded = true;
        });

        await assigned(server, id);
        await expert.call('POST', `/tickets/${id}/accept`);
        await page.getByText('Grace Hopper takes care of it').waitFor();
        await expert.call('POST', `/tickets/${id}/depart`);
        await page.getByText('Grace Hopper is on the way to you.').waitFor();
        await until('the step on the way', async () => /On the way/.test(await currentStep(page).innerText()));
        await expert.call('POST', `/tickets/${id}/arrive`);
        await page.getByText('Grace Hopper is with you, working on it.').waitFor();
        await expert.call('POST', `/tickets/${id}/complete`, done);
        await page.getByText('Grace Hopper has finished the work.').waitFor();
        await page.locator('.note').getByText(done.note).waitFor();

        await until('six steps done', async () => await page.locator('.steps li.done').count() === 6);
        assert.equal(await page.evaluate(() => globalThis.neverReloaded), true);
        assert.equal(await status(page).getAttribute('role'), 'status');
    }, { options });
}

for (const [name, options] of Object.entries({ desk, phone }))
    test(`from the first visit to the finished repair, without a reload: ${name}`, () => wholeWay(options));

test('the name of an expert who has only been asked is not told', async () => {
    const { server, browser } = world;
    const place = nextPlace();
    const product = await productNamed(server, 'laptop');
    const customer = await newCustomer(server, newPerson(place));
    await newExpert(server, { product, place, name: 'Barbara Liskov' });
    const ticket = await fileTicket(server, customer, product);
    await assigned(server, ticket.id);

    await browser.visit(server.url, async (page) => {
        await signIn(page, customer);
        await page.goto(`/tickets/${ticket.id}`);

        await status(page).waitFor();
        assert.doesNotMatch(await page.locator('main').innerText(), /Barbara/);
    });
});

test('while nobody fits the page says why, and goes on by itself when somebody does', async () => {
    const { server, browser } = world;
    const place = nextPlace();
    const product = await productNamed(server, 'printer');
    const customer = await newCustomer(server, newPerson(place));
    const ticket = await fileTicket(server, customer, product);

    await browser.visit(server.url, async (page) => {
        await signIn(page, customer);
        await page.goto(`/tickets/${ticket.id}`);
        await page.getByText('We are still looking for the right expert.').waitFor();
        await page.getByText(`because no expert for this kind of device works in your area (${place.zip}) yet`).waitFor();

        const expert = await newExpert(server, { product, place, name: 'Edith Clarke' });
        await assigned(server, ticket.id);
        await expert.call('POST', `/tickets/${ticket.id}/accept`);
        await page.getByText('Edith Clarke takes care of it').waitFor();
        assert.equal(await page.getByText('still looking').count(), 0);
    });
});

test('the list of tickets is live too', async () => {
    const { server, browser } = world;
    const place = nextPlace();
    const product = await productNamed(server, 'TV');
    const customer = await newCustomer(server, newPerson(place));

    await browser.visit(server.url, async (page) => {
        await signIn(page, customer);
        await page.getByText('Nothing is broken').waitFor();

        await fileTicket(server, customer, product, 'No sound at all');
        await page.getByRole('link', { name: 'No sound at all' }).waitFor();
        const expert = await newExpert(server, { product, place });
        const [{ id }] = (await customer.api.call('GET', '/tickets')).items;
        await assigned(server, id);
        await expert.call('POST', `/tickets/${id}/accept`);
        await page.locator('.ticket-card .now').getByText('Maria Lopez takes care of it').waitFor();
    });
});

test('a ticket that is told of while the list is on its way is in the list', async () => {
    const { server, browser } = world;
    const product = await productNamed(server, 'TV');
    const customer = await newCustomer(server);

    await browser.visit(server.url, async (page) => {
        const heard = [];
        page.on('websocket', (socket) => socket.on('framereceived', ({ payload }) => heard.push(payload)));
        const hears = (text) => until(`a push of ${text}`, () => heard.some((payload) => payload.includes(text)));
        await signIn(page, customer);
        await page.getByRole('link', { name: 'Account', exact: true }).click();
        await page.getByText('This browser').waitFor();
        await hears('"head"');
        await page.route('**/api/v1/tickets?active=true*', async (route) => {
            const response = await route.fetch(); // which does not know it
            await fileTicket(server, customer, product, 'Filed meanwhile');
            await hears('waitingFor'); // the last word for now
            await route.fulfill({ response });
        }, { times: 1 });

        const list = page.waitForResponse('**/api/v1/tickets?active=true*');
        await page.getByRole('link', { name: 'My tickets' }).first().click();
        await list;

        await until('the end of loading', async () => await page.locator('main [aria-busy]').count() === 0);
        assert.equal(await page.getByRole('link', { name: 'Filed meanwhile' }).count(), 1);
    });
});

test('earlier tickets come page by page, and a page that does not come is asked for again', async () => {
    const { server, browser } = world;
    const product = await productNamed(server, 'TV');
    const customer = await newCustomer(server);
    for (let count = 0; count < 22; ++count) {
        const { id } = await fileTicket(server, customer, product);
        await customer.api.call('POST', `/tickets/${id}/cancel`, { reason: 'It works again' });
    }

    await browser.visit(server.url, async (page) => {
        await signIn(page, customer);
        const cards = page.locator('.ticket-card');
        const more = page.getByRole('button', { name: 'Show more' });
        await more.waitFor();
        assert.equal(await cards.count(), 20);

        await page.route('**/api/v1/tickets?*cursor=*', (route) => route.abort('connectionreset'), { times: 1 });
        await more.click();
        await page.getByText('We cannot reach the service desk right now').waitFor();
        await more.click();

        await until('all tickets', async () => await cards.count() === 22);
        assert.equal(await more.count(), 0);
    }, { tolerate: away });
});

test('messages go both ways, live', async () => {
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
        await page.getByLabel('Write to the service desk').fill('The bell is broken, please call.');
        await page.getByRole('button', { name: 'Send message' }).click();
        await page.getByRole('log').getByText('The bell is broken, please call.').waitFor();

        await expert.call('POST', `/tickets/${id}/comments`, { text: 'Thank you, I will.' });
        await page.getByRole('log').getByText('Thank you, I will.').waitFor();
        assert.equal((await expert.call('GET', `/tickets/${id}/comments`)).items.length, 2);
    });
});

test('a message whose answer is lost is said once', async () => {
    const { server, browser } = world;
    const customer = await newCustomer(server);
    const { id } = await fileTicket(server, customer, await productNamed(server, 'TV'));

    await browser.visit(server.url, async (page) => {
        await signIn(page, customer);
        await page.goto(`/tickets/${id}`);
        let isLost = false;
        await page.route('**/comments', async (route) => {
            if (isLost || route.request().method() !== 'POST')
                return route.continue();
            isLost = true;
            await route.fetch(); // it arrives
            return route.abort('connectionreset'); // and nobody hears of it
        });
        const text = page.getByLabel('Write to the service desk');
        await text.fill('Please ring twice.');
        await page.getByRole('button', { name: 'Send message' }).click();
        await page.getByRole('alert').getByText('We cannot reach the service desk').waitFor();
        assert.equal(await text.inputValue(), 'Please ring twice.');

        await page.getByRole('button', { name: 'Send message' }).click();

        await until('an empty field', async () => await text.inputValue() === '');
        await page.getByRole('log').getByText('Please ring twice.').waitFor(); // fails if it is there twice
        assert.equal((await customer.api.call('GET', `/tickets/${id}/comments`)).items.length, 1);
    }, { tolerate: away });
});

test('a ticket is cancelled with a reason, after a question', async () => {
    const { server, browser } = world;
    const customer = await newCustomer(server);
    const ticket = await fileTicket(server, customer, await productNamed(server, 'TV'));

    await browser.visit(server.url, async (page) => {
        await signIn(page, customer);
        await page.goto(`/tickets/${ticket.id}`);
        const cancel = page.getByRole('button', { name: 'Cancel this ticket' });
        await cancel.click();
        await page.keyboard.press('Escape');
        await page.getByRole('dialog').waitFor({ state: 'detached' });
        assert.equal((await customer.api.call('GET', `/tickets/${ticket.id}`)).state, 'open');

        await cancel.click();
        await page.getByLabel('I found help elsewhere').check();
        await page.getByLabel('Anything to add?').fill('my neighbour did it');
        await page.getByRole('button', { name: 'Cancel ticket' }).click();
        await status(page).getByText('This ticket is cancelled.').waitFor();
        await page.getByText('I found help elsewhere: my neighbour did it').waitFor();
    });
});

test('a repair that did not hold is opened again', async () => {
    const { server, browser } = world;
    const place = nextPlace();
    const product = await productNamed(server, 'TV');
    const customer = await newCustomer(server, newPerson(place));
    const expert = await newExpert(server, { product, place });
    const { id } = await fileTicket(server, customer, product);
    await assigned(server, id);
    for (const action of ['accept', 'depart', 'arrive'])
        await expert.call('POST', `/tickets/${id}/${action}`);
    await expert.call('POST', `/tickets/${id}/complete`, done);

    await browser.visit(server.url, async (page) => {
        await signIn(page, customer);
        await page.goto(`/tickets/${id}`);
        await page.getByRole('button', { name: 'It is broken again' }).click();
        await page.getByRole('button', { name: 'Open again' }).click();
        await page.getByText('Please say what is wrong now.').waitFor();
        await page.getByLabel('What is wrong now?').fill('Black again after an hour');
        await page.getByRole('button', { name: 'Open again' }).click();

        await page.getByText('You opened the ticket again').waitFor();
        await page.getByText('Black again after an hour').waitFor();
        assert.equal((await customer.api.call('GET', `/tickets/${id}`)).state, 'open');
    });
});
