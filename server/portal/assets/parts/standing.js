import { h, link, note } from '../app/dom.js';
import { when } from '../app/format.js';
import { orElse } from '../app/problem.js';
import { t } from '../app/text.js';

// How the visitor stands with their bills; null where that cannot be told, for it is never what a page is for.
export function standingOf(app) {
    const id = app.session.account?.id;
    return id ? orElse(null, app.api.standing(id)) : null;
}

// What an unpaid bill means for the visitor, and what to do next; nothing for who has paid. `isAtBills`: where the bills
// are, each says itself why it is not paid, and the cards are at hand.
export function standingNote(now, { isAtBills = false } = {}) {
    if (!now || now.standing === 'good')
        return null;
    const isOver = now.standing === 'cancelled';
    return note(now.standing === 'warned' ? 'warn' : 'bad',
        h('p', {}, h('strong', {}, now.mayDo)),
        !isAtBills && now.trouble && h('p', {}, now.trouble),
        now.nextAt && now.next !== now.standing
            && h('p', {}, t(`standing.next.${now.next}`, { when: when(now.nextAt) })),
        !isAtBills && h('p', {}, isOver ? link(t('home.noPlan.link'), '/plans') : link(t('standing.pay'), '/account')));
}
