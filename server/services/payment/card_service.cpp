#include "server/services/payment/card_service.h"

#include "server/events/outbox.h"
#include "server/http/idempotency.h"
#include "server/services/payment/payment_events.h"

#include <future>

using namespace Qt::StringLiterals;

namespace {

constexpr const char *role = card_store::role;
constexpr qsizetype mostCards = 20;
// A card is good to the end of its month, wherever on earth that ends last.
constexpr auto lastZone = std::chrono::hours(12);

api::Card toCard(const CardRow &row)
{
    return { row.id, row.last4, row.brand, row.expMonth, row.expYear, row.isDefault };
}

// The same for the same account and key, so that a repeated request finds the card of the first one. The
// number has no part in it: whatever is made from a number can be guessed back to it.
api::CardId idFor(const Caller &by)
{
    if (!by.idempotencyKey)
        return api::CardId::make();
    return api::CardId(QUuid::createUuidV5(by.account.uuid(), *by.idempotencyKey));
}

Problem noSuchCard()
{
    return Problem::notFound(u"There is no such card of yours."_s);
}

} // namespace

CardService::CardService(Database &database, CardVault &vault, PaymentGateway *gateway, const Clock &clock)
    : m_database(database)
    , m_vault(vault)
    , m_gateway(gateway)
    , m_clock(clock)
{
}

VendorAnswer CardService::ask(VendorQuestion question) const
{
    if (!m_gateway)
        return { .trouble = u"there is no vendor"_s };
    // Shared: whoever sets it may still be at it when the one who waits has gone on.
    const auto answered = std::make_shared<std::promise<VendorAnswer>>();
    m_gateway->ask(std::move(question), [answered](const VendorAnswer &answer) {
        answered->set_value(answer);
    });
    return answered->get_future().get();
}

Result<QString> CardService::check(const api::NewCard &card) const
{
    QString brand = card.number.brand();
    if (brand.isEmpty())
        return fail(Problem::invalid(u"/number"_s, u"is of a kind of card that we do not take"_s));
    const QDate today = toDateTime(m_clock.now() - lastZone).date();
    const QDate lastDay = QDate(card.expYear.value, card.expMonth.value, 1).addMonths(1).addDays(-1);
    if (lastDay < today)
        return fail(Problem::invalid(u"/expMonth"_s, u"is over: this card has expired"_s));
    return brand;
}

Result<api::Card> CardService::add(const Caller &by, const api::NewCard &card)
{
    const CardRow row {
        .id = idFor(by),
        .accountId = by.account,
        .last4 = card.number.last4(),
        .brand = TRY(check(card)),
        .expMonth = card.expMonth.value,
        .expYear = card.expYear.value,
        .isDefault = false,
        .vendorMethod = {},
        .createdAt = m_clock.now(),
        .removedAt = {},
    };
    const Purpose purpose { by.account.toString(), u"the customer added it"_s, by.requestId };
    const bool isNew = TRY(store(row, card.number, purpose));
    const Kept kept = TRY(keepWithVendor(row.id, purpose));
    if (kept.state == Kept::State::refused)
        return fail(Problem::invalid(u"/number"_s, kept.reason));
    return m_database.transact(role, [&](Session &session) -> Result<api::Card> {
        const CardRow stored = TRY(own(session, by, row.id));
        // A repeated request does not undo what the customer has chosen since.
        if (isNew || !TRY(card_store::defaultOf(session, by.account)))
            return use(session, by, row.id);
        return toCard(stored);
    });
}

Result<bool> CardService::store(const CardRow &card, const CardNumber &number, const Purpose &purpose)
{
    return m_database.transact(role, [&](Session &session) -> Result<bool> {
        TRY(card_store::lock(session, card.accountId));
        if (const std::optional<CardRow> earlier = TRY(card_store::find(session, card.id))) {
            const bool isSame = !earlier->removedAt && earlier->last4 == card.last4
                && earlier->expMonth == card.expMonth && earlier->expYear == card.expYear;
            if (!isSame)
                return fail(idempotency::reusedKey());
            return false;
        }
        if (TRY(card_store::ofAccount(session, card.accountId)).size() >= mostCards)
            return fail(Problem::conflict(u"card.too_many"_s, u"You have as many cards as we keep."_s));
        return m_vault.store(session, card, number, purpose);
    });
}

Result<api::Items<api::Card>> CardService::list(Session &session, const Caller &by) const
{
    api::Items<api::Card> list;
    for (const CardRow &row : TRY(card_store::ofAccount(session, by.account)))
        list.items.append(toCard(row));
    return list;
}

Result<CardRow> CardService::own(Session &session, const Caller &by, api::CardId id) const
{
    TRY(card_store::lock(session, by.account));
    const std::optional<CardRow> card = TRY(card_store::find(session, id));
    if (!card || card->removedAt || card->accountId != by.account)
        return fail(noSuchCard());
    return *card;
}

Result<void> CardService::remove(Session &session, const Caller &by, api::CardId id) const
{
    const CardRow card = TRY(own(session, by, id));
    TRY(destroy(session, card, { by.account.toString(), u"the customer removed it"_s, by.requestId }));
    if (card.vendorMethod)
        dropAfterCommit(session, *card.vendorMethod);
    return {};
}

void CardService::dropAfterCommit(Session &session, const QString &vendorMethod) const
{
    if (!m_gateway)
        return;
    session.afterCommit([gateway = m_gateway, vendorMethod] {
        // Nothing hangs on it: without the token here nobody can charge the card any more.
        gateway->ask(DropVendorMethod { vendorMethod }, [](const VendorAnswer &) {});
    });
}

Result<void> CardService::destroy(Session &session, const CardRow &card, const Purpose &purpose) const
{
    TRY(m_vault.destroy(session, card.id, purpose));
    if (!card.isDefault)
        return {};
    const QList<CardRow> others = TRY(card_store::ofAccount(session, card.accountId));
    if (!others.isEmpty())
        TRY(card_store::makeDefault(session, card.accountId, others.constFirst().id));
    return publishDefault(session, card.accountId, purpose.traceId);
}

Result<api::Card> CardService::use(Session &session, const Caller &by, api::CardId id) const
{
    CardRow card = TRY(own(session, by, id));
    if (card.isDefault)
        return toCard(card);
    TRY(card_store::makeDefault(session, by.account, id));
    TRY(publishDefault(session, by.account, by.requestId));
    card.isDefault = true;
    return toCard(card);
}

Result<void> CardService::publishDefault(Session &session, api::AccountId account, const QString &traceId)
{
    CardChanged event { .customerId = account, .last4 = {}, .brand = {} };
    if (const std::optional<CardRow> card = TRY(card_store::defaultOf(session, account)))
        event = { account, true, card->last4, card->brand, card->expMonth, card->expYear };
    return Outbox::publish(session, account.toString(), event, traceId);
}

Result<QString> CardService::vendorCustomer(api::AccountId account)
{
    using Known = std::optional<QString>;
    const Known known = TRY(m_database.transact(role, [&](Session &session) {
        return card_store::vendorCustomer(session, account);
    }));
    if (known)
        return *known;
    const VendorAnswer answer = ask(NewVendorCustomer { account });
    if (answer.verdict != VendorVerdict::done)
        return QString();
    TRY(m_database.transact(role, [&](Session &session) {
        return card_store::setVendorCustomer(session, account, answer.ref);
    }));
    return answer.ref;
}

Result<CardService::Kept> CardService::keepWithVendor(api::CardId id, const Purpose &purpose)
{
    const std::optional<CardRow> card
        = TRY(m_database.transact(role, [&](Session &session) { return card_store::find(session, id); }));
    if (!card || card->removedAt)
        return Kept { Kept::State::refused, {}, {}, u"no_card"_s, u"The card was removed."_s };
    const QString customer = TRY(vendorCustomer(card->accountId));
    if (card->vendorMethod)
        return Kept { Kept::State::ready, customer, *card->vendorMethod, {}, {} };
    if (customer.isEmpty())
        return Kept {};
    const std::optional<CardNumber> number = TRY(m_vault.open(id, purpose));
    if (!number) // somebody else has just been here
        return Kept {};
    VendorAnswer answer = ask(NewVendorMethod { id, *number, card->expMonth, card->expYear });
    if (answer.verdict == VendorVerdict::done) {
        const QString method = answer.ref;
        answer = ask(KeepVendorMethod { id, method, customer });
        answer.ref = method;
    }
    return settle(*card, answer, purpose);
}

Result<CardService::Kept>
CardService::settle(const CardRow &card, const VendorAnswer &answer, const Purpose &purpose)
{
    return m_database.transact(role, [&](Session &session) -> Result<Kept> {
        TRY(card_store::lock(session, card.accountId));
        const std::optional<CardRow> now = TRY(card_store::find(session, card.id));
        if (!now || now->removedAt) {
            if (answer.verdict == VendorVerdict::done)
                dropAfterCommit(session, answer.ref);
            return Kept { Kept::State::refused, {}, {}, u"no_card"_s, u"The card was removed."_s };
        }
        switch (answer.verdict) {
        case VendorVerdict::done:
            TRY(m_vault.tokenise(session, card.id, answer.ref, purpose));
            if (!TRY(card_store::defaultOf(session, card.accountId))) {
                TRY(card_store::makeDefault(session, card.accountId, card.id));
                TRY(publishDefault(session, card.accountId, purpose.traceId));
            }
            return Kept { Kept::State::ready,
                          TRY(card_store::vendorCustomer(session, card.accountId)).value_or(QString()),
                          answer.ref,
                          {},
                          {} };
        case VendorVerdict::declined:
        case VendorVerdict::absent:
            TRY(destroy(session, *now, { u"vendor"_s, u"the vendor refused it"_s, purpose.traceId }));
            return Kept { Kept::State::refused, {}, {}, answer.code, answer.reason };
        case VendorVerdict::pending:
        case VendorVerdict::unknown:
            break;
        }
        return Kept {};
    });
}

Result<int> CardService::keepRemaining(int limit)
{
    if (!m_gateway)
        return 0;
    const QList<api::CardId> cards = TRY(m_database.transact(role, [&](Session &session) {
        return card_store::untokenised(session, limit);
    }));
    int kept = 0;
    for (const api::CardId card : cards) {
        const Purpose purpose { u"payment"_s, u"the vendor was not there when it was added"_s, {} };
        if (TRY(keepWithVendor(card, purpose)).state == Kept::State::later)
            break; // it still is not
        ++kept;
    }
    return kept;
}
