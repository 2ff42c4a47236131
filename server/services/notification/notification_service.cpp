#include "server/services/notification/notification_service.h"

#include "server/services/billing/billing_events.h"
#include "server/services/gateway/gateway_events.h"
#include "server/services/notification/delivery_store.h"
#include "server/services/survey/survey_events.h"
#include "server/services/survey/survey_link.h"
#include "server/services/ticket/ticket_events.h"
#include "server/services/user/user_events.h"

using namespace Qt::StringLiterals;
using api::MessageChannel;
using api::MessageKind;
using api::MessageState;
using notification_store::MessageRow;
using notification_store::PersonRow;

namespace {

const QString defaultZone = u"UTC"_s;

// Only these tell anybody anything by mail or telephone.
const QStringList toldActions { u"opened"_s,    u"assigned"_s, u"departed"_s,  u"arrived"_s, u"completed"_s,
                                u"cancelled"_s, u"delayed"_s,  u"escalated"_s, u"silent"_s,  u"paused"_s };

MessageValues valuesOf(const TicketEvent &change)
{
    const api::TicketSummary &ticket = change.ticket;
    return { { u"ticket.number"_s, ticket.number },
             { u"ticket.subject"_s, ticket.subject },
             { u"ticket.product"_s, ticket.productName },
             { u"ticket.city"_s, ticket.city },
             { u"ticket.zip"_s, ticket.zip },
             { u"ticket.region"_s, ticket.region },
             { u"ticket.expert"_s, ticket.expert ? ticket.expert->name : QString() },
             { u"ticket.reason"_s, change.reason.value_or(QString()) } };
}

// What the customer is told of a change, if anything.
std::optional<MessageKind> forCustomer(const TicketEvent &change)
{
    if (change.action == u"opened"_s)
        return MessageKind::ticketReceived;
    if (change.action == u"departed"_s)
        return MessageKind::expertOnTheWay;
    if (change.action == u"completed"_s)
        return MessageKind::ticketCompleted;
    if (change.action == u"delayed"_s)
        return MessageKind::visitDelayed;
    if (change.action == u"paused"_s && change.ticket.paused == api::PauseReason::noShow)
        return MessageKind::noShow;
    return {};
}

bool concernsManagers(const TicketEvent &change)
{
    // Without a rule it was done by hand, for the managers to see.
    return change.action == u"escalated"_s
        && (!change.escalation || change.escalation->tell.contains(api::Told::manager));
}

MessageKind kindOf(Standing standing)
{
    switch (standing) {
    case Standing::good:
        return MessageKind::planGood;
    case Standing::warned:
        return MessageKind::paymentFailed;
    case Standing::restricted:
        return MessageKind::planRestricted;
    case Standing::suspended:
        return MessageKind::planSuspended;
    case Standing::cancelled:
        return MessageKind::planCancelled;
    }
    return MessageKind::paymentFailed;
}

QString inWords(const Money &amount)
{
    return u"%1.%2 %3"_s.arg(amount.minor / 100)
        .arg(amount.minor % 100, 2, 10, QChar(u'0'))
        .arg(amount.currency);
}

api::TicketMessage seenBy(const Caller &by, const MessageRow &row)
{
    api::TicketMessage message { row.id,       row.kind,      row.channel,   row.name,
                                 row.address,  row.subject,   row.text,      traitsOf(row.kind).why,
                                 row.state,    row.trouble,   row.createdAt, row.sentAt,
                                 row.delivery, row.deliveryAt };
    // Who has the link of a survey can answer it.
    if (row.accountId != by.account)
        message.text = survey_link::masked(message.text);
    // What a vendor said about a failure is for those who can do something about it.
    if (row.state == MessageState::dead && !by.isStaff())
        message.trouble = u"It could not be delivered."_s;
    return message;
}

} // namespace

NotificationService::NotificationService(
    const Clock &clock, Neighbours neighbours, QSet<api::MessageChannel> channels
)
    : m_clock(clock)
    , m_neighbours(std::move(neighbours))
    , m_channels(std::move(channels))
{
}

std::shared_ptr<const Consumer> NotificationService::consumer()
{
    auto consumer = std::make_shared<Consumer>(u"notification"_s, notification_store::role);
    consumer->on<AccountRegistered>([this](
                                        Session &session, const Event &event, const AccountRegistered &account
                                    ) { return take(session, event, account); });
    consumer->on<ExpertChanged>([this](Session &session, const Event &, const ExpertChanged &change) {
        return take(session, change);
    });
    consumer->on<CustomerChanged>([this](Session &session, const Event &, const CustomerChanged &change) {
        return take(session, change);
    });
    consumer->on<StandingChanged>([this](
                                      Session &session, const Event &event, const StandingChanged &change
                                  ) { return take(session, event, change); });
    for (const QString &action : toldActions) {
        consumer->onType(u"ticket."_s + action, [this](Session &session, const Event &event) -> Result<void> {
            return take(session, event, TRY(json::fromJson<TicketEvent>(event.payload)));
        });
    }
    consumer->onType(u"survey.*"_s, [this](Session &session, const Event &event) -> Result<void> {
        return take(session, event, TRY(json::fromJson<SurveyEvent>(event.payload)));
    });
    return consumer;
}

// Events ---------------------------------------------------------------------

Result<void>
NotificationService::take(Session &session, const Event &event, const AccountRegistered &account) const
{
    PersonRow person;
    person.accountId = account.accountId;
    person.role = account.role;
    person.name = account.name.toString();
    person.email = account.email.toString();
    if (account.phone)
        person.phone = account.phone->toString();
    person.timeZone = account.address ? m_neighbours.zoneOf(account.address->zip) : defaultZone;
    TRY(notification_store::know(session, person));
    // The others were hired, and are told by whoever hired them.
    if (account.role != api::Role::customer)
        return {};
    return tell(
        session, account.accountId, { event.id, event.occurredAt, MessageKind::accountRegistered, {}, {} }
    );
}

Result<void> NotificationService::take(Session &session, const ExpertChanged &change) const
{
    const api::Expert &expert = change.expert;
    return notification_store::know(
        session,
        { expert.id,
          api::Role::expert,
          expert.name.toString(),
          expert.email.toString(),
          expert.phone.toString(),
          expert.timeZone,
          {} }
    );
}

Result<void> NotificationService::take(Session &session, const CustomerChanged &change) const
{
    return notification_store::know(session, personOf(change.account));
}

Result<void>
NotificationService::take(Session &session, const Event &event, const StandingChanged &change) const
{
    const api::Invoice &invoice = change.invoice;
    const MessageValues values { { u"invoice.number"_s, invoice.number },
                                 { u"invoice.total"_s, inWords(invoice.total) } };
    return tell(
        session, invoice.customerId, { event.id, event.occurredAt, kindOf(change.standing), {}, values }
    );
}

Result<void> NotificationService::take(Session &session, const Event &event, const TicketEvent &change) const
{
    const api::TicketSummary &ticket = change.ticket;
    Occasion occasion { event.id, event.occurredAt, {}, ticket.id, valuesOf(change) };
    if (change.action != u"departed"_s)
        TRY(notification_store::overtake(
            session, ticket.id, MessageKind::expertOnTheWay, u"The ticket has gone on."_s
        ));
    if (change.action != u"assigned"_s)
        TRY(notification_store::overtake(
            session, ticket.id, MessageKind::jobAssigned, u"The ticket has gone on."_s
        ));
    if (const auto kind = forCustomer(change)) {
        occasion.kind = *kind;
        TRY(tell(session, ticket.customerId, occasion));
    }
    if (change.action == u"assigned"_s && ticket.expert) {
        occasion.kind = MessageKind::jobAssigned;
        TRY(tell(session, ticket.expert->id, occasion));
    }
    // Who gave the job back knows.
    if (change.previousExpert && change.previousExpert != change.actorId) {
        occasion.kind = MessageKind::jobTaken;
        TRY(tell(session, *change.previousExpert, occasion));
    }
    if (!concernsManagers(change))
        return {};
    occasion.kind = MessageKind::ticketEscalated;
    return tellManagers(session, occasion);
}

Result<void> NotificationService::take(Session &session, const Event &event, const SurveyEvent &change) const
{
    Occasion occasion { event.id,
                        event.occurredAt,
                        {},
                        change.ticketId,
                        { { u"ticket.number"_s, change.ticketNumber },
                          { u"ticket.product"_s, change.productName },
                          { u"ticket.region"_s, change.region },
                          { u"ticket.expert"_s, change.expert.value_or(QString()) } } };
    if (change.action == u"invited"_s || change.action == u"reminded"_s) {
        occasion.kind
            = change.action == u"invited"_s ? MessageKind::surveyInvitation : MessageKind::surveyReminder;
        const QUrl link = TRY(m_neighbours.surveyLink(change.surveyId, change.expiresAt));
        occasion.values.insert(u"survey.link"_s, link.toString(QUrl::FullyEncoded));
        return tell(session, change.customerId, occasion);
    }
    for (const MessageKind kind : { MessageKind::surveyInvitation, MessageKind::surveyReminder })
        TRY(notification_store::overtake(
            session, change.ticketId, kind, u"The survey takes no answers any more."_s
        ));
    if (!change.isLow || change.action != u"answered"_s)
        return {};
    occasion.kind = MessageKind::lowScore;
    occasion.values.insert(u"survey.score"_s, QString::number(change.score.value_or(0), 'f', 1));
    return tellManagers(session, occasion);
}

// The ledger -----------------------------------------------------------------

Result<void> NotificationService::tellManagers(Session &session, const Occasion &occasion) const
{
    for (const api::AccountId &manager : TRY(notification_store::managers(session)))
        TRY(tell(session, manager, occasion));
    return {};
}

Result<void> NotificationService::tell(Session &session, api::AccountId whom, Occasion occasion) const
{
    const PersonRow person = TRY(know(session, whom));
    const MessageTraits traits = traitsOf(occasion.kind);
    const QList<api::MutedMessage> muted = TRY(notification_store::muted(session, whom));
    occasion.values.insert(u"person.name"_s, person.name);
    for (const MessageChannel channel : traits.channels) {
        const auto words = TRY(notification_store::words(session, occasion.kind, channel, person.language));
        const MessageWords said = fill({ words.subject, words.text, words.html }, occasion.values);
        MessageRow message;
        message.id = api::MessageId::make();
        message.fact = occasion.fact;
        message.accountId = whom;
        message.kind = occasion.kind;
        message.channel = channel;
        message.ticketId = occasion.ticket;
        message.language = person.language;
        message.templateVersion = words.version;
        message.name = person.name;
        message.address = channel == MessageChannel::email ? person.email : person.phone;
        message.subject = said.subject;
        message.text = said.text;
        message.html = said.html;
        message.createdAt = m_clock.now();
        message.expiresAt = occasion.at + traits.life;
        // A mail wakes nobody.
        message.nextAt = channel == MessageChannel::email
            ? message.createdAt
            : mayTellAt(message.createdAt, QTimeZone(person.timeZone.toLatin1()), {}, traits.urgency);
        message.trouble = objection(message, traits, muted);
        if (message.trouble)
            message.state = MessageState::suppressed;
        TRY(notification_store::write(session, message));
        if (!message.trouble && m_neighbours.written)
            session.afterCommit(m_neighbours.written);
    }
    return {};
}

std::optional<QString> NotificationService::objection(
    const MessageRow &message, const MessageTraits &traits, const QList<api::MutedMessage> &muted
) const
{
    const auto isThis = [&](const api::MutedMessage &each) {
        return each.kind == message.kind && each.channel == message.channel;
    };
    if (traits.mayBeMuted && std::ranges::any_of(muted, isThis))
        return u"The recipient does not want it."_s;
    if (!message.address || message.address->isEmpty())
        return u"There is no address to send it to."_s;
    // Before the vendor, so that an installation which gets one tells nobody the news of last year.
    if (message.nextAt >= message.expiresAt)
        return u"It would come too late."_s;
    if (!m_channels.contains(message.channel))
        return u"There is no vendor for this channel."_s;
    return {};
}

Result<PersonRow> NotificationService::know(Session &session, api::AccountId id) const
{
    const auto known = TRY(notification_store::person(session, id));
    // The login of an expert has no number; the profile, which does, may be older than the bus remembers.
    if (known && (known->phone || known->role != api::Role::expert))
        return *known;
    TRY(notification_store::know(session, personOf(TRY(m_neighbours.account(id)))));
    return TRY(notification_store::person(session, id)).value_or(PersonRow());
}

PersonRow NotificationService::personOf(const api::Account &account) const
{
    PersonRow person;
    person.accountId = account.id;
    person.role = account.role;
    person.name = account.name.toString();
    person.email = account.email.toString();
    if (account.phone)
        person.phone = account.phone->toString();
    person.timeZone = account.address ? m_neighbours.zoneOf(account.address->zip) : defaultZone;
    return person;
}

Result<void> NotificationService::hear(
    Session &session, const QString &vendor, api::MessageId id, const DeliveryReceipt &receipt
) const
{
    TRY(delivery_store::follow(session, { vendor, id, receipt, m_clock.now() }));
    return {};
}

// Readers --------------------------------------------------------------------

Result<api::Items<api::TicketMessage>>
NotificationService::ofTicket(Session &session, const Caller &by, api::TicketId ticket) const
{
    TRY(m_neighbours.maySee(by, ticket));
    const std::optional<api::AccountId> reader = by.isStaff() ? std::nullopt : std::optional(by.account);
    api::Items<api::TicketMessage> list;
    for (const MessageRow &row : TRY(notification_store::ofTicket(session, ticket, reader)))
        list.items.append(seenBy(by, row));
    return list;
}

Result<api::Items<api::DeliveryRate>> NotificationService::rates(Session &session, const Caller &by) const
{
    return api::Items<api::DeliveryRate> { TRY(delivery_store::rates(session, by.at - std::chrono::days(30))
    ) };
}

Result<api::MessagePreferences> NotificationService::preferences(Session &session, const Caller &by) const
{
    const PersonRow person = TRY(know(session, by.account));
    return api::MessagePreferences { person.language, TRY(notification_store::muted(session, by.account)) };
}

Result<api::MessagePreferences>
NotificationService::prefer(Session &session, const Caller &by, const api::MessagePreferences &wanted) const
{
    for (qsizetype i = 0; i < wanted.muted.size(); ++i) {
        const MessageTraits traits = traitsOf(wanted.muted.at(i).kind);
        if (!traits.mayBeMuted || !traits.channels.contains(wanted.muted.at(i).channel))
            return fail(
                Problem::invalid(u"/muted/%1"_s.arg(i), u"is not a message that can be switched off"_s)
            );
    }
    TRY(know(session, by.account));
    TRY(notification_store::speak(session, by.account, wanted.language));
    TRY(notification_store::mute(session, by.account, wanted.muted));
    return preferences(session, by);
}
