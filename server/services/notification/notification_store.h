#pragma once

#include "server/db/session.h"
#include "server/events/event.h"
#include "server/services/notification/message_template.h"
#include "shared/api/message.h"

// The SQL of the schema `notification`. Nothing else touches it.
namespace notification_store {

inline constexpr const char *role = "squad_notification";

struct PersonRow
{
    api::AccountId accountId;
    api::Role role = api::Role::customer;
    QString name;
    QString email;
    std::optional<QString> phone;
    QString timeZone;
    api::Language language = api::Language::en;
};
BOOST_DESCRIBE_STRUCT(PersonRow, (), (accountId, role, name, email, phone, timeZone, language))

struct TemplateRow
{
    QString subject;
    QString text;
    QString html;
    int version = 1;
};
BOOST_DESCRIBE_STRUCT(TemplateRow, (), (subject, text, html, version))

struct MessageRow
{
    api::MessageId id;
    EventId fact;
    api::AccountId accountId;
    api::MessageKind kind = api::MessageKind::ticketReceived;
    api::MessageChannel channel = api::MessageChannel::email;
    std::optional<api::TicketId> ticketId;
    api::Language language = api::Language::en;
    int templateVersion = 1;
    QString name;
    std::optional<QString> address;
    QString subject;
    QString text;
    QString html;
    api::MessageState state = api::MessageState::waiting;
    std::optional<QString> trouble;
    int tries = 0;
    Instant createdAt;
    Instant nextAt;
    Instant expiresAt;
    std::optional<Instant> sentAt;
    std::optional<api::DeliveryStatus> delivery;
    std::optional<Instant> deliveryAt;
};
BOOST_DESCRIBE_STRUCT(
    MessageRow,
    (),
    (id,
     fact,
     accountId,
     kind,
     channel,
     ticketId,
     language,
     templateVersion,
     name,
     address,
     subject,
     text,
     html,
     state,
     trouble,
     tries,
     createdAt,
     nextAt,
     expiresAt,
     sentAt,
     delivery,
     deliveryAt)
)

// Who is known keeps the language they chose, and their number and time where nothing new is told of them.
Result<void> know(Session &session, const PersonRow &person);
Result<std::optional<PersonRow>> person(Session &session, api::AccountId id);
Result<QList<api::AccountId>> managers(Session &session);

Result<void> speak(Session &session, api::AccountId id, api::Language language);
Result<void> mute(Session &session, api::AccountId id, const QList<api::MutedMessage> &muted);
Result<QList<api::MutedMessage>> muted(Session &session, api::AccountId id);

Result<TemplateRow>
words(Session &session, api::MessageKind kind, api::MessageChannel channel, api::Language language);

// Nothing, if the person was told of this already.
Result<void> write(Session &session, const MessageRow &message);
// What waits to be said about a ticket is of no use any more.
Result<void> overtake(Session &session, api::TicketId ticket, api::MessageKind kind, const QString &why);
Result<QList<MessageRow>>
ofTicket(Session &session, api::TicketId ticket, const std::optional<api::AccountId> &reader);

} // namespace notification_store
