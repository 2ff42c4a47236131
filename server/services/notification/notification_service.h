#pragma once

#include "server/events/consumer.h"
#include "server/http/caller.h"
#include "server/services/notification/message_kind.h"
#include "server/services/notification/notification_store.h"
#include "shared/api/survey.h"
#include "shared/core/clock.h"

#include <QSet>
#include <QUrl>

struct AccountRegistered;
struct CustomerChanged;
struct DeliveryReceipt;
struct ExpertChanged;
struct StandingChanged;
struct SurveyEvent;
struct TicketEvent;

// Decides who is told what, how and in which language, and writes it into the ledger: in the transaction that
// takes the event, so that a fact is told once, whatever is retried or replayed.
class NotificationService
{
public:
    struct Neighbours
    {
        // Asked only for people whose registration is too long ago for the bus to tell.
        std::function<Result<api::Account>(api::AccountId)> account;
        std::function<QString(const ZipCode &)> zoneOf; // IANA
        std::function<Result<void>(const Caller &, api::TicketId)> maySee;
        // Where a survey is answered; good until the time given.
        std::function<Result<QUrl>(api::SurveyId, Instant)> surveyLink;
        std::function<void()> written; // after the commit of something to send; must not block
    };

    // `channels`: those with a vendor. What would go by another one is in the ledger, suppressed.
    NotificationService(const Clock &clock, Neighbours neighbours, QSet<api::MessageChannel> channels);

    std::shared_ptr<const Consumer> consumer();

    // What a vendor tells of a message, as often and in whatever order it does.
    Result<void>
    hear(Session &session, const QString &vendor, api::MessageId id, const DeliveryReceipt &receipt) const;

    Result<api::Items<api::TicketMessage>>
    ofTicket(Session &session, const Caller &by, api::TicketId ticket) const;
    // Of the last 30 days, by the world's clock.
    Result<api::Items<api::DeliveryRate>> rates(Session &session, const Caller &by) const;
    Result<api::MessagePreferences> preferences(Session &session, const Caller &by) const;
    Result<api::MessagePreferences>
    prefer(Session &session, const Caller &by, const api::MessagePreferences &wanted) const;

private:
    // Something that somebody is told.
    struct Occasion
    {
        EventId fact;
        Instant at;
        api::MessageKind kind = api::MessageKind::ticketReceived;
        std::optional<api::TicketId> ticket;
        MessageValues values;
    };

    Result<void> take(Session &session, const Event &event, const AccountRegistered &account) const;
    Result<void> take(Session &session, const ExpertChanged &change) const;
    Result<void> take(Session &session, const CustomerChanged &change) const;
    Result<void> take(Session &session, const Event &event, const StandingChanged &change) const;
    Result<void> take(Session &session, const Event &event, const TicketEvent &change) const;
    Result<void> take(Session &session, const Event &event, const SurveyEvent &change) const;
    Result<void> tell(Session &session, api::AccountId whom, Occasion occasion) const;
    Result<void> tellManagers(Session &session, const Occasion &occasion) const;
    Result<notification_store::PersonRow> know(Session &session, api::AccountId id) const;
    [[nodiscard]] notification_store::PersonRow personOf(const api::Account &account) const;
    [[nodiscard]] std::optional<QString> objection(
        const notification_store::MessageRow &message,
        const MessageTraits &traits,
        const QList<api::MutedMessage> &muted
    ) const;

    const Clock &m_clock;
    Neighbours m_neighbours;
    QSet<api::MessageChannel> m_channels;
};
