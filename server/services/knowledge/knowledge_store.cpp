#include "server/services/knowledge/knowledge_store.h"

namespace knowledge_store {

namespace {

    const Statement insertSql { "knowledge.insert", R"sql(
    insert into knowledge.article
        (id, title, body, category, symptoms, tools, tags, state, author_id, author, updated_at, version, search)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 1, ''::tsvector)
    on conflict (id) do nothing
)sql" };
    const Statement updateSql { "knowledge.update", R"sql(
    update knowledge.article
    set title = $2, body = $3, category = $4, symptoms = $5, tools = $6, tags = $7, state = $8, updated_at = $9,
        version = $10
    where id = $1
)sql" };
    const Statement indexSql { "knowledge.index", R"sql(
    update knowledge.article
    set search = setweight(to_tsvector('pg_catalog.english', title), 'A')
        || setweight(to_tsvector('pg_catalog.english', array_to_string(symptoms, ' ')), 'A')
        || setweight(to_tsvector('pg_catalog.english', array_to_string(tags || tools, ' ')), 'B')
        || setweight(to_tsvector('pg_catalog.english', body), 'D')
    where id = $1
)sql" };
    // In one order, so that two who publish at once do not wait for each other's words.
    const Statement learnWords { "knowledge.learnWords", R"sql(
    insert into knowledge.word (word)
    select distinct word
    from knowledge.article a,
         regexp_split_to_table(
             lower(a.title || ' ' || array_to_string(a.symptoms || a.tags || a.tools, ' ') || ' ' || a.body),
             '[^[:alnum:]]+'
         ) word
    where a.id = $1 and a.state = 'published' and length(word) between 3 and 40
    order by word
    on conflict do nothing
)sql" };
    const Statement rememberSql { "knowledge.remember", R"sql(
    insert into knowledge.article_version
        (article_id, version, title, body, category, symptoms, tools, tags, state, editor_id, editor, at)
    select id, version, title, body, category, symptoms, tools, tags, state, $2, $3, updated_at
    from knowledge.article where id = $1
)sql" };
    const Statement fetchSql { "knowledge.fetch", "select * from knowledge.article where id = $1" };
    const Statement lockSql { "knowledge.lock", "select * from knowledge.article where id = $1 for update" };
    const Statement versionsSql { "knowledge.versions", R"sql(
    select * from knowledge.article_version where article_id = $1 order by version desc
)sql" };
    const Statement versionSql { "knowledge.version", R"sql(
    select * from knowledge.article_version where article_id = $1 and version = $2
)sql" };
    const Statement voteSql { "knowledge.vote", R"sql(
    insert into knowledge.vote (article_id, account_id, has_helped, at) values ($1, $2, $3, $4)
    on conflict (article_id, account_id) do update set has_helped = excluded.has_helped, at = excluded.at
)sql" };
    const Statement countVotes { "knowledge.countVotes", R"sql(
    update knowledge.article
    set (helped, not_helped)
        = (select count(*) filter (where has_helped), count(*) filter (where not has_helped)
           from knowledge.vote where article_id = $1)
    where id = $1
)sql" };
    // A word nobody has written is taken for the most similar one that somebody has; two swapped
    // letters in a word of five leave a fifth of its trigrams, hence the distance. What somebody has written
    // is asked for by `between`, which only the B-tree knows: for `=` the planner takes the trigram index,
    // whose cost it sets too low. The category and the votes move an article up among those whose text fits
    // about as well.
    const Statement searchSql { "knowledge.search", R"sql(
    with asked as (
        select distinct word from regexp_split_to_table(lower($1::text), '[^[:alnum:]]+') word
        where length(word) between 2 and 40 limit 60
    ), meant as (
        select coalesce(
            (select w.word from knowledge.word w where w.word between asked.word and asked.word),
            (select near.word
             from (select w.word, w.word operator(knowledge.<->) asked.word as distance
                   from knowledge.word w order by w.word operator(knowledge.<->) asked.word limit 1) near
             where near.distance < 0.81 and length(asked.word) >= 4),
            asked.word
        ) as word from asked
    ), wanted as materialized (
        select to_tsquery('pg_catalog.english', string_agg(word, ' | ')) as query from meant
    )
    select a.* from knowledge.article a
    where a.state = 'published' and a.search @@ (select query from wanted)
    order by ts_rank(a.search, (select query from wanted))
                 * (case when a.category = $2::text then 1.5 else 1 end)
                 * (0.75 + 0.5 * (a.helped + 1) / (a.helped + a.not_helped + 2)) desc, a.id
    limit $3
)sql" };
    const Statement listSql { "knowledge.list", R"sql(
    select * from knowledge.article where state = $1 order by updated_at desc, id limit $2
)sql" };
    const Statement listOwn { "knowledge.listOwn", R"sql(
    select * from knowledge.article where state = $1 and author_id = $3 order by updated_at desc, id limit $2
)sql" };

    Result<void> index(Session &session, api::ArticleId id)
    {
        TRY(session.exec(indexSql, id));
        TRY(session.exec(learnWords, id));
        return {};
    }

} // namespace

Result<bool> insert(Session &session, const api::Article &article)
{
    const int inserted = TRY(session.exec(
        insertSql,
        article.id,
        article.title,
        article.body,
        article.category,
        article.symptoms,
        article.tools,
        article.tags,
        article.state,
        article.authorId,
        article.author,
        article.updatedAt
    ));
    if (inserted == 0)
        return false;
    TRY(index(session, article.id));
    return true;
}

Result<void> update(Session &session, const api::Article &article)
{
    TRY(session.exec(
        updateSql,
        article.id,
        article.title,
        article.body,
        article.category,
        article.symptoms,
        article.tools,
        article.tags,
        article.state,
        article.updatedAt,
        article.version
    ));
    return index(session, article.id);
}

Result<void> remember(Session &session, const api::Article &article, const Editor &editor)
{
    TRY(session.exec(rememberSql, article.id, editor.id, editor.name));
    return {};
}

Result<api::Article> fetch(Session &session, api::ArticleId id)
{
    return session.one<api::Article>(fetchSql, id);
}

Result<api::Article> lock(Session &session, api::ArticleId id)
{
    return session.one<api::Article>(lockSql, id);
}

Result<QList<api::ArticleVersion>> versions(Session &session, api::ArticleId id)
{
    return session.many<api::ArticleVersion>(versionsSql, id);
}

Result<api::ArticleVersion> version(Session &session, api::ArticleId id, int version)
{
    return session.one<api::ArticleVersion>(versionSql, id, version);
}

Result<void> vote(Session &session, api::ArticleId id, const Voice &voice)
{
    TRY(session.exec(voteSql, id, voice.account, voice.hasHelped, voice.at));
    TRY(session.exec(countVotes, id));
    return {};
}

Result<QList<api::Article>>
search(Session &session, const QString &words, const std::optional<QString> &category, int limit)
{
    return session.many<api::Article>(searchSql, words, category, limit);
}

Result<QList<api::Article>>
list(Session &session, api::ArticleState state, const std::optional<api::AccountId> &author, int limit)
{
    if (author)
        return session.many<api::Article>(listOwn, state, limit, *author);
    return session.many<api::Article>(listSql, state, limit);
}

} // namespace knowledge_store
