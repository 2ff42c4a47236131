#include "server/services/knowledge/knowledge_service.h"

#include "server/services/knowledge/knowledge_store.h"

using api::Article;
using api::ArticleState;

namespace {

constexpr qsizetype mostEntries = 30; // symptoms, tools or tags of one article
constexpr int usualResults = 20;
constexpr int suggestions = 5;
// No account has this id, so nobody edits as the author of what the installation brought along.
const api::AccountId house(QUuid(0x1f6a9d2c, 0x83b5, 0x4c07, 0xa4, 0x5e, 0x60, 0x0d, 0x19, 0xcc, 0x72, 0xe8));

template <class T>
QList<QString> strings(const QList<T> &texts)
{
    QList<QString> list;
    list.reserve(texts.size());
    for (const T &text : texts)
        list.append(text.toString());
    return list;
}

Result<void> fill(Article &article, const api::ArticleContent &content)
{
    if (content.symptoms.size() > mostEntries || content.tools.size() > mostEntries
        || content.tags.size() > mostEntries)
        return fail(Problem::invalid(
            QStringLiteral("/tags"), QStringLiteral("Symptoms, tools and tags may be 30 each.")
        ));
    article.title = content.title.toString();
    article.body = content.body.toString();
    article.category.reset();
    if (content.category)
        article.category = content.category->toString();
    article.symptoms = strings(content.symptoms);
    article.tools = strings(content.tools);
    article.tags = strings(content.tags);
    return {};
}

bool maySee(const Caller &by, const Article &article)
{
    return by.isStaff() || article.state == ArticleState::published || article.authorId == by.account;
}

bool mayEdit(const Caller &by, const Article &article)
{
    return by.isStaff() || (article.authorId == by.account && article.state == ArticleState::draft);
}

// What leads from one state to another; publishing and taking away is for those who answer for it.
bool mayMove(const Caller &by, const Article &article, ArticleState to)
{
    switch (to) {
    case ArticleState::draft:
        return by.isStaff() && article.state != ArticleState::draft;
    case ArticleState::review:
        return mayEdit(by, article) && article.state == ArticleState::draft;
    case ArticleState::published:
        return by.isStaff()
            && (article.state == ArticleState::review || article.state == ArticleState::expired);
    case ArticleState::expired:
        return by.isStaff() && article.state == ArticleState::published;
    }
    return false;
}

tl::unexpected<Problem> notAllowed()
{
    return fail(Problem::forbidden(
        QStringLiteral("Authors change their drafts; everything else is for managers and administrators.")
    ));
}

} // namespace

KnowledgeService::KnowledgeService(const Clock &clock, TicketOf ticketOf)
    : m_clock(clock)
    , m_ticketOf(std::move(ticketOf))
{
}

Result<api::Items<Article>>
KnowledgeService::find(Session &session, const Caller &by, const api::ArticleQuery &query) const
{
    const int limit = query.limit ? int(query.limit->value) : usualResults;
    if (query.q && !query.q->toString().isEmpty()) {
        std::optional<QString> category;
        if (query.category)
            category = query.category->toString();
        return api::Items<Article> {
            TRY(knowledge_store::search(session, query.q->toString(), category, limit))
        };
    }
    const ArticleState state = query.state.value_or(ArticleState::published);
    std::optional<api::AccountId> author;
    if (!by.isStaff() && state != ArticleState::published)
        author = by.account;
    return api::Items<Article> { TRY(knowledge_store::list(session, state, author, limit)) };
}

Result<api::Items<Article>>
KnowledgeService::suggest(Session &session, const Caller &by, api::TicketId id) const
{
    const api::Ticket ticket = TRY(m_ticketOf(by, id));
    const QString words = ticket.subject + u' ' + ticket.productName + u' ' + ticket.description;
    return api::Items<Article> { TRY(knowledge_store::search(session, words, ticket.category, suggestions)) };
}

Result<int> KnowledgeService::add(Session &session, const QList<GivenArticle> &articles) const
{
    int added = 0;
    for (const GivenArticle &given : articles) {
        Article article;
        article.id = given.id;
        TRY(fill(article, given.content));
        article.state = ArticleState::published;
        article.authorId = house;
        article.author = QStringLiteral("Sysops Squad");
        article.updatedAt = m_clock.now();
        if (!TRY(knowledge_store::insert(session, article)))
            continue;
        TRY(knowledge_store::remember(session, article, { house, article.author }));
        ++added;
    }
    return added;
}

Result<Article>
KnowledgeService::write(Session &session, const Caller &by, const api::ArticleContent &content) const
{
    Article article;
    article.id = api::ArticleId::make();
    TRY(fill(article, content));
    article.authorId = by.account;
    article.author = by.name;
    article.updatedAt = m_clock.now();
    TRY(knowledge_store::insert(session, article));
    TRY(knowledge_store::remember(session, article, { by.account, by.name }));
    return article;
}

Result<Article> KnowledgeService::fetch(Session &session, const Caller &by, api::ArticleId id) const
{
    Article article = TRY(knowledge_store::fetch(session, id));
    if (!maySee(by, article))
        return fail(Problem::notFound(QStringLiteral("There is no such article.")));
    return article;
}

Result<Article> KnowledgeService::lock(Session &session, const Caller &by, api::ArticleId id) const
{
    Article article = TRY(knowledge_store::lock(session, id));
    if (!maySee(by, article))
        return fail(Problem::notFound(QStringLiteral("There is no such article.")));
    if (by.ifMatch && *by.ifMatch != article.version)
        return fail(Problem {
            ProblemKind::stale, QStringLiteral("Somebody else has changed the article since."), {}, {}, {} });
    return article;
}

Result<Article> KnowledgeService::save(Session &session, const Caller &by, Article article) const
{
    article.updatedAt = m_clock.now();
    ++article.version;
    TRY(knowledge_store::update(session, article));
    TRY(knowledge_store::remember(session, article, { by.account, by.name }));
    return article;
}

Result<Article> KnowledgeService::rewrite(
    Session &session, const Caller &by, api::ArticleId id, const api::ArticleContent &content
) const
{
    Article article = TRY(lock(session, by, id));
    if (!mayEdit(by, article))
        return notAllowed();
    TRY(fill(article, content));
    return save(session, by, article);
}

Result<Article>
KnowledgeService::move(Session &session, const Caller &by, api::ArticleId id, ArticleState to) const
{
    Article article = TRY(lock(session, by, id));
    if (!mayMove(by, article, to)) {
        if (!by.isStaff())
            return notAllowed();
        return fail(Problem::conflict(
            QStringLiteral("article.state"),
            QStringLiteral("From where the article stands it cannot go there.")
        ));
    }
    article.state = to;
    return save(session, by, article);
}

Result<api::Items<api::ArticleVersion>>
KnowledgeService::versions(Session &session, const Caller &by, api::ArticleId id) const
{
    const Article article = TRY(fetch(session, by, id));
    // Readers of a published article have no business in what its drafts said.
    if (!by.isStaff() && article.authorId != by.account)
        return notAllowed();
    return api::Items<api::ArticleVersion> { TRY(knowledge_store::versions(session, id)) };
}

Result<Article>
KnowledgeService::restore(Session &session, const Caller &by, api::ArticleId id, int version) const
{
    Article article = TRY(lock(session, by, id));
    if (!mayEdit(by, article))
        return notAllowed();
    const api::ArticleVersion before = TRY(knowledge_store::version(session, id, version));
    article.title = before.title;
    article.body = before.body;
    article.category = before.category;
    article.symptoms = before.symptoms;
    article.tools = before.tools;
    article.tags = before.tags;
    return save(session, by, article);
}

Result<Article>
KnowledgeService::vote(Session &session, const Caller &by, api::ArticleId id, bool hasHelped) const
{
    // Locked, so that two votes at once are both counted.
    const Article article = TRY(knowledge_store::lock(session, id));
    if (!maySee(by, article))
        return fail(Problem::notFound(QStringLiteral("There is no such article.")));
    if (article.state != ArticleState::published)
        return fail(Problem::conflict(
            QStringLiteral("article.state"), QStringLiteral("Only published articles are voted on.")
        ));
    TRY(knowledge_store::vote(session, id, { by.account, hasHelped, m_clock.now() }));
    return knowledge_store::fetch(session, id);
}
