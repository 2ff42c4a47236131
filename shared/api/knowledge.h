#pragma once

#include "shared/api/ticket.h"

// What experts write for each other.
namespace api {

struct ArticleConcept;
using ArticleId = Id<ArticleConcept>;

enum class ArticleState { draft, review, published, expired };
BOOST_DESCRIBE_ENUM(ArticleState, draft, review, published, expired)

struct ArticleContent
{
    Text<1, 160> title;
    Text<1, 20'000> body; // Markdown
    std::optional<Slug> category; // of the catalogue; none: for all devices
    QList<Text<1, 200>> symptoms;
    QList<Text<1, 80>> tools;
    QList<Slug> tags;
};
BOOST_DESCRIBE_STRUCT(ArticleContent, (), (title, body, category, symptoms, tools, tags))

struct Article
{
    ArticleId id;
    QString title;
    QString body;
    std::optional<QString> category;
    QList<QString> symptoms;
    QList<QString> tools;
    QList<QString> tags;
    ArticleState state = ArticleState::draft;
    AccountId authorId;
    QString author;
    Instant updatedAt;
    int helped = 0; // votes
    int notHelped = 0;
    int version = 1;
};
BOOST_DESCRIBE_STRUCT(
    Article,
    (),
    (id,
     title,
     body,
     category,
     symptoms,
     tools,
     tags,
     state,
     authorId,
     author,
     updatedAt,
     helped,
     notHelped,
     version)
)

// How an article was, and who made it so.
struct ArticleVersion
{
    int version = 1;
    QString title;
    QString body;
    std::optional<QString> category;
    QList<QString> symptoms;
    QList<QString> tools;
    QList<QString> tags;
    ArticleState state = ArticleState::draft;
    QString editor;
    Instant at;
};
BOOST_DESCRIBE_STRUCT(
    ArticleVersion, (), (version, title, body, category, symptoms, tools, tags, state, editor, at)
)

struct ArticleRef
{
    ArticleId id;
};
BOOST_DESCRIBE_STRUCT(ArticleRef, (), (id))

struct ArticleQuery
{
    std::optional<Text<0, 400>> q; // words, which may be mistyped; finds what is published
    std::optional<Slug> category; // its articles come first
    std::optional<ArticleState> state; // without words: published unless told
    std::optional<Bounded<1, 50>> limit; // 20 unless told
};
BOOST_DESCRIBE_STRUCT(ArticleQuery, (), (q, category, state, limit))

struct ArticleMove
{
    ArticleState state = ArticleState::review;
};
BOOST_DESCRIBE_STRUCT(ArticleMove, (), (state))

struct ArticleRestore
{
    Bounded<1, 1'000'000> version;
};
BOOST_DESCRIBE_STRUCT(ArticleRestore, (), (version))

struct ArticleVote
{
    bool hasHelped = true;
};
BOOST_DESCRIBE_STRUCT(ArticleVote, (), (hasHelped))

namespace knowledge {

    inline constexpr Roles readers = staff | Role::expert;

    struct Find : Endpoint<Method::get, "/articles">
    {
        static constexpr std::string_view summary = "Find articles, the most useful first";
        static constexpr Roles roles = readers;
        using Params = ArticleQuery;
        using Answer = Items<Article>;
    };

    struct Suggest : Endpoint<Method::get, "/tickets/{id}/articles">
    {
        static constexpr std::string_view summary = "Articles that may help with a ticket";
        static constexpr Roles roles = readers;
        using Params = TicketRef;
        using Answer = Items<Article>;
    };

    struct Write : Endpoint<Method::post, "/articles">
    {
        static constexpr std::string_view summary = "Draft an article";
        static constexpr Roles roles = readers;
        static constexpr int success = 201;
        using Body = ArticleContent;
        using Answer = Article;
    };

    struct Fetch : Endpoint<Method::get, "/articles/{id}">
    {
        static constexpr std::string_view summary = "One article";
        static constexpr Roles roles = readers;
        using Params = ArticleRef;
        using Answer = Article;
    };

    // Authors change their drafts; what is in review or published is for managers and administrators.
    struct Rewrite : Endpoint<Method::patch, "/articles/{id}">
    {
        static constexpr std::string_view summary = "Give an article new content";
        static constexpr Roles roles = readers;
        using Params = ArticleRef;
        using Body = ArticleContent;
        using Answer = Article;
    };

    struct Move : Endpoint<Method::post, "/articles/{id}/state">
    {
        static constexpr std::string_view summary = "Hand in, give back, publish or expire an article";
        static constexpr Roles roles = readers;
        using Params = ArticleRef;
        using Body = ArticleMove;
        using Answer = Article;
    };

    struct Versions : Endpoint<Method::get, "/articles/{id}/versions">
    {
        static constexpr std::string_view summary = "What an article said before, newest first";
        static constexpr Roles roles = readers;
        using Params = ArticleRef;
        using Answer = Items<ArticleVersion>;
    };

    struct Restore : Endpoint<Method::post, "/articles/{id}/restore">
    {
        static constexpr std::string_view summary = "Let an article say again what it said in a version";
        static constexpr Roles roles = readers;
        using Params = ArticleRef;
        using Body = ArticleRestore;
        using Answer = Article;
    };

    struct Vote : Endpoint<Method::post, "/articles/{id}/votes">
    {
        static constexpr std::string_view summary = "Say whether an article helped";
        static constexpr Roles roles = readers;
        using Params = ArticleRef;
        using Body = ArticleVote;
        using Answer = Article;
    };

} // namespace knowledge
} // namespace api
