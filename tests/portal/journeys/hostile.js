import assert from 'node:assert/strict';
import { test } from 'node:test';

import { assigned, done, fileTicket, newCustomer, newExpert, newPerson, nextPlace, productNamed } from '../support/people.js';
import { fileButton, filedTicketId, fillTicket, heading, signIn } from '../support/visitor.js';
import { world } from '../support/world.js';

const attack = '<img src=x onerror="globalThis.pwned=1"><script>globalThis.pwned=1</script>{{name}}"\'><b>bold</b>';

test('somebody else’s ticket is not found', async () => {
    const { server, browser } = world;
    const [owner, stranger] = [await newCustomer(server), await newCustomer(server)];
    const ticket = await fileTicket(server, owner, await productNamed(server, 'TV'), 'Private matter');

    await browser.visit(server.url, async (page) => {
        await signIn(page, stranger);
        await page.goto(`/tickets/${ticket.id}`);
        await heading(page, 'This ticket was not found').waitFor();
        assert.doesNotMatch(await page.locator('body').innerText(), /Private matter|T-\d/);
    });
});

// Every field a person can write into, on both sides, with markup in it.
test('markup in whatever anybody writes is text', async () => {
    const { server, browser } = world;
    const place = nextPlace();
    const product = await productNamed(server, 'TV');
    const person = newPerson(place, attack);
    const customer = await newCustomer(server, {
        ...person, address: { ...person.address, line1: attack, line2: attack, city: attack },
    });
    const expert = await newExpert(server, { product, place, name: '<u>Mallory</u>' });
    const act = (id, action, body) => expert.call('POST', `/tickets/${id}/${action}`, body);

    await browser.visit(server.url, async (page) => {
        await signIn(page, customer);
        await fillTicket(page, product, attack);
        await page.getByLabel('Tell us more').fill(attack);
        await page.getByLabel('Serial number').fill(attack.slice(0, 60));
        await fileButton(page).click();
        const id = await filedTicketId(page, attack);
        await page.getByLabel('Write to').fill(attack);
        await page.getByRole('button', { name: 'Send message' }).click();
        await page.getByRole('log').getByText(attack).waitFor();

        await assigned(server, id);
        for (const action of ['accept', 'depart', 'arrive'])
            await act(id, action);
        await act(id, 'comments', { text: attack });
        await act(id, 'complete', { outcome: 'anotherVisit', note: attack });
        await page.locator('.note').getByText(attack).waitFor();
        await page.getByRole('button', { name: 'Cancel this ticket' }).click();
        await page.getByLabel('Anything to add?').fill(attack);
        await page.getByRole('button', { name: 'Cancel ticket' }).click();
        await page.getByText(`It works again: ${attack}`).waitFor();

        await fileTicket(server, customer, product, attack);
        for (const path of ['/home', '/account', '/tickets/new', `/tickets/${id}`]) {
            await page.goto(path);
            await page.getByText(attack).or(page.getByLabel('Full name')).or(page.getByLabel('Contact person')).first().waitFor();
            assert.equal(await page.locator('main :is(img, script, b b, u)').count(), 0, path);
        }

        assert.equal(await page.evaluate(() => globalThis.pwned), undefined);
        assert.doesNotMatch(await page.title(), /</);
    });
});

test('the policy refuses what is not ours, even where a page would let it in', async () => {
    const { server, browser } = world;
    await browser.visit(server.url, async (page) => {
        await page.goto('/');
        await heading(page, /It broke/).waitFor();
        const outcomes = await page.evaluate(async () => {
            const element = (tag) => document.body.appendChild(document.createElement(tag));
            const loads = (image) => new Promise((resolve, reject) => {
                image.onload = resolve;
                image.onerror = reject;
            });
            const attempts = {
                markup: () => { element('div').innerHTML = '<b>markup</b>'; },
                script: () => element('script').setAttribute('src', '/assets/x/app/main.js'),
                inline: () => { element('script').textContent = 'globalThis.pwned = 1'; },
                elsewhere: () => fetch('https://evil.example/'),
                image: () => loads(Object.assign(element('img'), { src: 'https://evil.example/x.png' })),
            };
            const told = {};
            for (const [name, attempt] of Object.entries(attempts)) {
                try {
                    await attempt();
                    told[name] = 'let in';
                } catch {
                    told[name] = 'refused';
                }
            }
            return told;
        });
        assert.deepEqual([...new Set(Object.values(outcomes))], ['refused'], JSON.stringify(outcomes));
        assert.equal(await page.evaluate(() => globalThis.pwned), undefined);
    }, { tolerate: [/Content Security Policy|TrustedHTML|TrustedScript/] });
});

test('an address that does not exist is a page with status 404', async () => {
    const { server, browser } = world;
    await browser.visit(server.url, async (page) => {
        for (const path of ['/nothing', '/tickets/42', '/problems/no-such-problem']) {
            const response = await page.goto(path);
            assert.equal(response.status(), 404);
            await heading(page, 'This page does not exist').waitFor();
        }
        const response = await page.goto('/problems/too-many');
        assert.equal(response.status(), 200);
        await heading(page, 'Please slow down a little').waitFor();
        assert.match((await fetch(`${server.url}/api/v1/nothing`)).headers.get('content-type'), /problem\+json/);
    });
});

test('where the API says that something is a problem, the page about it exists', async () => {
    const { server, browser } = world;
    const { type } = await (await fetch(`${server.url}/api/v1/me`)).json();
    await browser.visit(server.url, async (page) => {
        const response = await page.goto(new URL(type, server.url).pathname);
        assert.equal(response.status(), 200);
        await heading(page, 'Please sign in first').waitFor();
    });
});
