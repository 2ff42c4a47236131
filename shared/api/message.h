#pragma once

#include "shared/api/ticket.h"

// What people are told by mail and telephone, and what became of it.
namespace api {

struct MessageConcept;
using MessageId = Id<MessageConcept>;

enum class MessageChannel { email, sms };
BOOST_DESCRIBE_ENUM(MessageChannel, email, sms)

enum class Language { en, es };
BOOST_DESCRIBE_ENUM(Language, en, es)

enum class MessageKind {
    accountRegistered,
    ticketReceived,
    jobAssigned,
    jobTaken, // from an expert, who has it no longer
    expertOnTheWay,
    visitDelayed,
    noShow,
    ticketCompleted,
    ticketEscalated,
    paymentFailed,
    planRestricted,
    planSuspended,
    planCancelled,
    planGood,
    surveyInvitation,
    surveyReminder,
    lowScore // to the managers
};
BOOST_DESCRIBE_ENUM(
    MessageKind,
    accountRegistered,
    ticketReceived,
    jobAssigned,
    jobTaken,
    expertOnTheWay,
    visitDelayed,
    noShow,
    ticketCompleted,
    ticketEscalated,
    paymentFailed,
    planRestricted,
    planSuspended,
    planCancelled,
    planGood,
    surveyInvitation,
    surveyReminder,
    lowScore
)

// suppressed: it was decided not to send it. expired: it came too late to be of use. dead: it could not be
// sent, or nobody can tell whether it was.
enum class MessageState { waiting, sending, sent, suppressed, expired, dead };
BOOST_DESCRIBE_ENUM(MessageState, waiting, sending, sent, suppressed, expired, dead)

// What the vendor tells later of a message that was sent, each further than the one before it; "undelivered"
// is what some vendors say before they succeed after all.
enum class DeliveryStatus { accepted, sent, undelivered, delivered };
BOOST_DESCRIBE_ENUM(DeliveryStatus, accepted, sent, undelivered, delivered)

struct TicketMessage
{
    MessageId id;
    MessageKind kind = MessageKind::ticketReceived;
    MessageChannel channel = MessageChannel::email;
    QString to; // the recipient's name
    std::optional<QString> address;
    QString subject; // empty on the telephone
    QString text;
    QString why; // it was written, in one sentence
    MessageState state = MessageState::waiting;
    std::optional<QString> trouble; // why it was not sent, as far as the reader may know
    Instant createdAt;
    std::optional<Instant> sentAt;
    std::optional<DeliveryStatus> delivery; // what the vendor has told last
    std::optional<Instant> deliveryAt;
};
BOOST_DESCRIBE_STRUCT(
    TicketMessage,
    (),
    (id,
     kind,
     channel,
     to,
     address,
     subject,
     text,
     why,
     state,
     trouble,
     createdAt,
     sentAt,
     delivery,
     deliveryAt)
)

struct MutedMessage
{
    MessageKind kind = MessageKind::expertOnTheWay;
    MessageChannel channel = MessageChannel::email;
};
BOOST_DESCRIBE_STRUCT(MutedMessage, (), (kind, channel))

struct MessagePreferences
{
    Language language = Language::en;
    QList<MutedMessage> muted; // what the person does not want
};
BOOST_DESCRIBE_STRUCT(MessagePreferences, (), (language, muted))

// What became of the attempts that were made with a vendor on one day.
struct DeliveryRate
{
    QString vendor;
    MessageChannel channel = MessageChannel::email;
    QString day; // "2026-11-23", UTC
    qint64 sent = 0;
    qint64 refused = 0;
    qint64 putOff = 0; // to be tried again
    qint64 unknown = 0; // nobody can tell
    qint64 delivered = 0; // as far as the vendor tells
    qint64 undelivered = 0;
    qint64 latencyMs = 0; // of those sent, on average
};
BOOST_DESCRIBE_STRUCT(
    DeliveryRate,
    (),
    (vendor, channel, day, sent, refused, putOff, unknown, delivered, undelivered, latencyMs)
)

// What messages of a kind say on one channel in one language.
struct MessageTemplate
{
    MessageKind kind = MessageKind::ticketReceived;
    MessageChannel channel = MessageChannel::email;
    Language language = Language::en;
    int version = 1;
    QString subject; // empty on the telephone
    QString text; // "{{ticket.number}}" stands for a value
    QString html; // empty on the telephone
    std::optional<Instant> madeAt; // none: it came with the product
    std::optional<QString> madeBy;
    QString why; // such a message is written, in one sentence
    QStringList variables; // which it may name
};
BOOST_DESCRIBE_STRUCT(
    MessageTemplate,
    (),
    (kind, channel, language, version, subject, text, html, madeAt, madeBy, why, variables)
)

struct MessageTemplateQuery
{
    MessageKind kind = MessageKind::ticketReceived;
    MessageChannel channel = MessageChannel::email;
    Language language = Language::en;
};
BOOST_DESCRIBE_STRUCT(MessageTemplateQuery, (), (kind, channel, language))

struct MessageTemplateDraft
{
    MessageKind kind = MessageKind::ticketReceived;
    MessageChannel channel = MessageChannel::email;
    Language language = Language::en;
    Text<0, 200> subject;
    Text<1, 4000> text;
    Text<0, 20000> html; // of a mail, empty: made of its text
};
BOOST_DESCRIBE_STRUCT(MessageTemplateDraft, (), (kind, channel, language, subject, text, html))

struct MessagePreview
{
    QString subject;
    QString text;
    QString html;
    std::optional<int> segments; // of a short message; each is paid for
};
BOOST_DESCRIBE_STRUCT(MessagePreview, (), (subject, text, html, segments))

namespace message {

    struct OfTicket : Endpoint<Method::get, "/tickets/{id}/messages">
    {
        static constexpr std::string_view summary
            = "What was sent about a ticket, oldest first; to the caller, or for staff to everybody";
        static constexpr Roles roles = everyRole;
        using Params = TicketRef;
        using Answer = Items<TicketMessage>;
    };

    struct Preferences : Endpoint<Method::get, "/me/message-preferences">
    {
        static constexpr std::string_view summary = "How the caller wants to be told";
        static constexpr Roles roles = everyRole;
        using Answer = MessagePreferences;
    };

    struct Prefer : Endpoint<Method::put, "/me/message-preferences">
    {
        static constexpr std::string_view summary = "Choose the language and what not to be told";
        static constexpr Roles roles = everyRole;
        using Body = MessagePreferences;
        using Answer = MessagePreferences;
    };

    struct Vendors : Endpoint<Method::get, "/vendors">
    {
        static constexpr std::string_view summary
            = "How well messages were carried in the last 30 days, by vendor, channel and day";
        static constexpr Roles roles = staff;
        using Answer = Items<DeliveryRate>;
    };

    struct Templates : Endpoint<Method::get, "/message-templates">
    {
        static constexpr std::string_view summary = "What messages say now";
        static constexpr Roles roles = Role::admin;
        using Answer = Items<MessageTemplate>;
    };

    struct TemplateVersions : Endpoint<Method::get, "/message-template-versions">
    {
        static constexpr std::string_view summary = "What one kind of message has said so far, newest first";
        static constexpr Roles roles = Role::admin;
        using Params = MessageTemplateQuery;
        using Answer = Items<MessageTemplate>;
    };

    struct SaveTemplate : Endpoint<Method::post, "/message-templates">
    {
        static constexpr std::string_view summary
            = "Let messages say something else from now on, as a new version";
        static constexpr Roles roles = Role::admin;
        static constexpr int success = 201;
        using Body = MessageTemplateDraft;
        using Answer = MessageTemplate;
    };

    struct PreviewTemplate : Endpoint<Method::post, "/message-template-previews">
    {
        static constexpr std::string_view summary = "How a template would read; nothing is saved";
        static constexpr Roles roles = Role::admin;
        using Body = MessageTemplateDraft;
        using Answer = MessagePreview;
    };

} // namespace message
} // namespace api
