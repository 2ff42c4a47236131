#include "server/services/knowledge/knowledge_routes.h"

#include "server/http/routes.h"
#include "server/services/knowledge/knowledge_service.h"

void addKnowledgeRoutes(Routes &routes, const KnowledgeService &knowledge)
{
    using namespace api::knowledge;
    using Ref = api::ArticleRef;
    routes.on<Find>([&](Session &session, const Caller &by, const api::ArticleQuery &query) {
        return knowledge.find(session, by, query);
    });
    routes.on<Suggest>([&](Session &session, const Caller &by, const api::TicketRef &ref) {
        return knowledge.suggest(session, by, ref.id);
    });
    routes.on<Write>([&](Session &session, const Caller &by, const api::ArticleContent &content) {
        return knowledge.write(session, by, content);
    });
    routes.on<Fetch>([&](Session &session, const Caller &by, const Ref &ref) {
        return knowledge.fetch(session, by, ref.id);
    });
    routes.on<Rewrite>(
        [&](Session &session, const Caller &by, const Ref &ref, const api::ArticleContent &content) {
            return knowledge.rewrite(session, by, ref.id, content);
        }
    );
    routes.on<Move>([&](Session &session, const Caller &by, const Ref &ref, const api::ArticleMove &move) {
        return knowledge.move(session, by, ref.id, move.state);
    });
    routes.on<Versions>([&](Session &session, const Caller &by, const Ref &ref) {
        return knowledge.versions(session, by, ref.id);
    });
    routes.on<Restore>(
        [&](Session &session, const Caller &by, const Ref &ref, const api::ArticleRestore &wanted) {
            return knowledge.restore(session, by, ref.id, wanted.version.value);
        }
    );
    routes.on<Vote>([&](Session &session, const Caller &by, const Ref &ref, const api::ArticleVote &vote) {
        return knowledge.vote(session, by, ref.id, vote.hasHelped);
    });
}
