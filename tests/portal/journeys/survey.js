import assert from 'node:assert/strict';
import { test } from 'node:test';

import { eventually } from '../support/api.js';
import { demoStaff } from '../support/people.js';
import { invitedToSurvey } from '../support/survey.js';
import { heading, until } from '../support/visitor.js';
import { world } from '../support/world.js';

const survey = async (id) => (await demoStaff(world.server, 'manager')).call('GET', `/tickets/${id}/survey`);

test('a customer answers with the keyboard, without signing in, once', async () => {
    const { server, browser } = world;
    const { id, link } = await invitedToSurvey(server);

    await browser.visit(server.url, async (page) => {
        await page.goto(link);
        await heading(page, 'How was the repair?').waitFor();
        await page.getByText(/Maria Lopez looked after your/).waitFor();
        // The address tells nobody anything, and a reload still knows
        assert.equal(new URL(page.url()).hash, '');
        await page.reload();
        await heading(page, 'How was the repair?').waitFor();

        await page.getByRole('button', { name: 'Send answers' }).click();
        const first = page.getByRole('radio', { name: '1 Very bad' }).first();
        assert.ok(await first.evaluate((input) => input === document.activeElement), 'the first that is missing has the focus');
        assert.equal(await page.getByText('Please choose one.').count(), 2);
        await page.keyboard.press('Space');
        for (let i = 0; i < 3; ++i)
            await page.keyboard.press('ArrowRight');
        await page.keyboard.press('Tab');
        await page.keyboard.press('Tab');
        await page.keyboard.press('Space');
        await page.getByLabel('What could we do better?').fill('Come <b>sooner</b>');
        await page.getByRole('button', { name: 'Send answers' }).press('Enter');
        await heading(page, 'Thank you!').waitFor();

        await page.goto(link);
        await heading(page, 'We have your answers').waitFor();
    });

    const { state, score, isLow, answers } = await survey(id);
    assert.deepEqual({ state, score, isLow }, { state: 'answered', score: 4, isLow: false });
    assert.deepEqual(answers.map(({ rating, choice, text }) => rating ?? choice ?? text), [4, 0, 'Come <b>sooner</b>']);
});

test('a link that is wrong, cut or nobody’s shows a friendly page and no data', async () => {
    const { server, browser } = world;
    const { link } = await invitedToSurvey(server);
    await browser.visit(server.url, async (page) => {
        for (const wrong of ['/survey', '/survey#letmein', `${link.slice(0, -6)}`, `${link.replace('#', '#A')}`]) {
            await page.goto('about:blank');
            await page.goto(wrong);
            await heading(page, 'This link leads nowhere').waitFor();
            assert.ok(!(await page.locator('main').innerText()).includes('T-'));
        }
    });
});

test('an answer that was lost on its way back is not asked for again', async () => {
    const { server, browser } = world;
    const { id, link } = await invitedToSurvey(server);
    await browser.visit(server.url, async (page) => {
        await page.goto(link);
        await heading(page, 'How was the repair?').waitFor();
        await page.getByRole('radio', { name: '2 Bad' }).first().check();
        await page.getByRole('radio', { name: 'No' }).check();
        await page.route('**/api/v1/survey-answers', async (route) => {
            await route.fetch();
            await route.abort('connectionreset');
        }, { times: 1 });
        await page.getByRole('button', { name: 'Send answers' }).click();
        await page.getByText('We cannot reach the service desk right now').waitFor();
        assert.ok(await page.getByRole('radio', { name: '2 Bad' }).first().isChecked());

        await page.getByRole('button', { name: 'Send answers' }).click();
        await heading(page, 'We have your answers').waitFor();
    }, { tolerate: [/net::ERR_/] });

    assert.equal((await survey(id)).isLow, true);
    // Managers are told, and none of them gets the link
    const manager = await demoStaff(server, 'manager');
    const { items } = await eventually('the alert', () => manager.call('GET', `/tickets/${id}/messages`),
        (answer) => answer.items.some(({ kind }) => kind === 'lowScore'));
    assert.ok(items.every(({ text }) => !/survey#[\w-]/.test(text)));
});

test('"Skip to content" leaves alone what was typed', async () => {
    const { server, browser } = world;
    const { link } = await invitedToSurvey(server);
    await browser.visit(server.url, async (page) => {
        await page.goto(link);
        await page.getByLabel('What could we do better?').fill('Nothing');
        await page.getByRole('link', { name: 'Skip to content' }).press('Enter');
        await until('the place', () => page.evaluate(() => location.hash === '#main'));
        assert.equal(await page.getByLabel('What could we do better?').inputValue(), 'Nothing');
    });
});
