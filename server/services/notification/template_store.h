#pragma once

#include "server/db/session.h"
#include "shared/api/message.h"

// The SQL of `notification.template`, beside what a message being written reads of it.
namespace template_store {

struct TemplateVersion
{
    api::MessageKind kind = api::MessageKind::ticketReceived;
    api::MessageChannel channel = api::MessageChannel::email;
    api::Language language = api::Language::en;
    int version = 1;
    QString subject;
    QString text;
    QString html;
    std::optional<Instant> madeAt;
    std::optional<QString> madeBy;
};
BOOST_DESCRIBE_STRUCT(
    TemplateVersion, (), (kind, channel, language, version, subject, text, html, madeAt, madeBy)
)

Result<QList<TemplateVersion>> current(Session &session);
// At most 200, newest first.
Result<QList<TemplateVersion>> versions(Session &session, const api::MessageTemplateQuery &which);
// Not found, if the kind of message does not exist on the channel.
Result<TemplateVersion> newest(Session &session, const api::MessageTemplateQuery &which);
// False, if this version exists.
Result<bool> add(Session &session, const TemplateVersion &version);

} // namespace template_store
