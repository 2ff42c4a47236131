import { ghosts, h, link } from '../app/dom.js';
import { focusHeading } from '../app/focus.js';
import { day } from '../app/format.js';
import { Problem } from '../app/problem.js';
import { headingArrived } from '../app/router.js';
import { has, t } from '../app/text.js';
import { Form } from '../parts/form.js';
import { load, retryButton } from '../parts/load.js';
import { questionField } from '../parts/question.js';
import { shortPage } from '../parts/short_page.js';

// What the link of a mail opens. Its token comes behind '#' and leaves the address at once, so that nobody who looks over a
// shoulder or into the history has it; the entry in the history keeps it for a reload.
export function surveyPage({ api, push }, { signal }) {
    const token = location.hash.slice(1) || history.state?.survey || '';
    if (location.hash)
        history.replaceState({ survey: token }, '', '/survey');
    const element = h('div', {});
    const title = t('survey.title');
    if (token === '') {
        element.append(ending('unknown'));
        return { title, element };
    }

    const send = async (answers) => {
        element.replaceChildren(await api.answerSurvey(token, answers).then(() => ending('thanks'), orEnding));
        focusHeading(element);
    };
    load({
        into: element,
        ghost: h('div', { class: 'page narrow' }, ghosts(44, 90, 300)),
        push,
        signal,
        fetch: () => api.survey(token).then((survey) => questions(survey, send), orEnding),
        show: (page) => {
            element.replaceChildren(page);
            headingArrived(element);
        },
        fail: (problem, again) => shortPage({
            title: t('survey.problem.title'), text: t('survey.problem.text'), action: retryButton(again),
        }),
    });
    return { title, element };
}

// A page that says why there is nothing to answer (any more): `kind` is unknown, answered, expired, withdrawn or thanks.
function ending(kind) {
    return shortPage({
        title: t(`survey.${kind}.title`), text: t(`survey.${kind}.text`), action: link(t('survey.home'), '/', { class: 'button' }),
    });
}

// The same for a problem, if it is one of the link; any other is thrown on.
function orEnding(problem) {
    const kind = problem.status === 404 ? 'unknown' : /^survey\.(\w+)$/.exec(problem.code)?.[1];
    if (!(problem instanceof Problem) || !has(`survey.${kind}.title`))
        throw problem;
    return ending(kind);
}

function questions({ ticketNumber, productName, expert, title, questions: asked, expiresAt }, send) {
    const fields = asked.map(questionField);
    const form = new Form({
        fields,
        content: fields.map((field) => field.element),
        submit: t('survey.submit'),
        wide: true,
        send: () => send(fields.map(({ answer }) => answer).filter(Boolean)),
    });
    const about = { number: ticketNumber, product: productName, expert };
    return h('div', { class: 'page narrow' },
        h('h1', {}, title),
        h('p', { class: 'lead' }, t(expert ? 'survey.lead.expert' : 'survey.lead.nobody', about)),
        h('div', { class: 'card section-form' }, form.element),
        h('p', { class: 'below' }, t('survey.until', { day: day(expiresAt) })));
}
