#pragma once

#include "server/db/session.h"
#include "server/http/caller.h"
#include "shared/api/knowledge.h"
#include "shared/core/clock.h"

// An article that the installation brings along; its id is known beforehand.
struct GivenArticle
{
    api::ArticleId id;
    api::ArticleContent content;
};

// Articles: who may write, review, publish and read them, and which of them fit.
class KnowledgeService
{
public:
    // The ticket as far as the caller may see it; a stranger's is notFound.
    using TicketOf = std::function<Result<api::Ticket>(const Caller &, api::TicketId)>;

    KnowledgeService(const Clock &clock, TicketOf ticketOf);

    Result<api::Items<api::Article>>
    find(Session &session, const Caller &by, const api::ArticleQuery &query) const;
    Result<api::Items<api::Article>> suggest(Session &session, const Caller &by, api::TicketId ticket) const;

    // Publishes those that are not there yet, in the house's name, and says how many these were.
    Result<int> add(Session &session, const QList<GivenArticle> &articles) const;
    Result<api::Article> write(Session &session, const Caller &by, const api::ArticleContent &content) const;
    Result<api::Article> fetch(Session &session, const Caller &by, api::ArticleId id) const;
    Result<api::Article>
    rewrite(Session &session, const Caller &by, api::ArticleId id, const api::ArticleContent &content) const;
    Result<api::Article>
    move(Session &session, const Caller &by, api::ArticleId id, api::ArticleState to) const;
    Result<api::Items<api::ArticleVersion>>
    versions(Session &session, const Caller &by, api::ArticleId id) const;
    Result<api::Article> restore(Session &session, const Caller &by, api::ArticleId id, int version) const;
    Result<api::Article> vote(Session &session, const Caller &by, api::ArticleId id, bool hasHelped) const;

private:
    Result<api::Article> lock(Session &session, const Caller &by, api::ArticleId id) const;
    Result<api::Article> save(Session &session, const Caller &by, api::Article article) const;

    const Clock &m_clock;
    TicketOf m_ticketOf;
};
