import { t } from '../app/text.js';

// Why nobody has the ticket yet, for the person who waits. Matching writes its reasons for people who plan; those we know
// are said in the customer's words, any other one as it is.
const known = [
    [/^No expert has the skill/, () => t('waiting.noSkill')],
    [/^No expert with the skill .* serves (\S+)\.$/, (zip) => t('waiting.noArea', { zip })],
    [/^The position of ZIP code (\S+) is not known/, (zip) => t('waiting.noPlace', { zip })],
    [/^\d+ experts? serves? \S+: (.*)$/, everybodyElsewhere],
];

export function because(ticket) {
    if (ticket.state !== 'open' || !ticket.waitingFor || ticket.paused)
        return null;
    for (const [pattern, say] of known) {
        const found = pattern.exec(ticket.waitingFor);
        if (found)
            return t('waiting.because', { reason: say(...found.slice(1)) });
    }
    return t('waiting.reason', { reason: ticket.waitingFor });
}

function everybodyElsewhere(reasons) {
    const isBusy = /another job/.test(reasons);
    const isAway = /outside working hours|off duty/.test(reasons);
    const time = /the next shift begins at (\d\d:\d\d)/.exec(reasons)?.[1];
    if (isAway && time)
        return t(isBusy ? 'waiting.busyUntil' : 'waiting.awayUntil', { time });
    if (isBusy)
        return t('waiting.busy');
    return t(isAway ? 'waiting.away' : 'waiting.none');
}
