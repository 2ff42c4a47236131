#pragma once

#include "server/db/session.h"
#include "server/http/caller.h"
#include "shared/api/message.h"
#include "shared/core/clock.h"

// What the messages say, for administrators to change. Every change is a version of its own: what somebody
// was told before can still be looked up, and an older version is restored by saving its words again.
class TemplateService
{
public:
    explicit TemplateService(const Clock &clock);

    // What speaks now, of every kind, channel and language.
    Result<api::Items<api::MessageTemplate>> current(Session &session) const;
    // Newest first.
    Result<api::Items<api::MessageTemplate>>
    versions(Session &session, const api::MessageTemplateQuery &query) const;
    // How it would read, with values such as there are. Refuses what save() would.
    Result<api::MessagePreview> preview(const api::MessageTemplateDraft &draft) const;
    // If-Match names the version that was changed; stale if another one speaks by now. Refuses, naming the
    // field, a variable that this kind of message does not have, and what the channel cannot carry.
    Result<api::MessageTemplate>
    save(Session &session, const Caller &by, const api::MessageTemplateDraft &draft) const;

private:
    const Clock &m_clock;
};
