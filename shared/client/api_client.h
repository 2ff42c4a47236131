#pragma once

#include "shared/api/endpoint.h"
#include "shared/client/reply.h"

#include <QNetworkAccessManager>
#include <QSslCertificate>
#include <QSslConfiguration>
#include <QUrl>

#include <chrono>

class QNetworkReply;

// What a single call may ask for beyond its parameters and body.
struct CallOptions
{
    std::optional<int>
        ifMatch {}; // the version the person has seen; a newer one on the server answers `stale`
    QByteArray idempotencyKey {}; // of a form that may be sent again later; empty: one is made for this call
    int tries = 3; // in all, as long as no answer comes
};

namespace client {

// One request as it goes over the wire.
struct Request
{
    api::Method method = api::Method::get;
    QString path; // below the server's address, query included, percent-encoded
    QByteArray body {};
    CallOptions options {};
    bool signedIn = true; // send the access token
};

// Puts parameters into a path: "/tickets/{id}" takes `id` from them, the query takes the others.
[[nodiscard]] QString expandPath(std::string_view path, const QJsonObject &params);

// What a server's refusal means, from its status and RFC 9457 body.
[[nodiscard]] Problem problemFromAnswer(int status, const QByteArray &body);

template <class E, class Given>
inline constexpr bool accepts
    = std::is_same_v<
          Given,
          CallOptions> || (std::is_same_v<Given, typename E::Params> && !std::is_same_v<Given, api::Nothing>)
    || (std::is_same_v<Given, typename E::Body> && !std::is_same_v<Given, api::Nothing>);

template <class Needed, class... Given>
inline constexpr bool isGiven
    = std::is_same_v<Needed, api::Nothing> || (std::is_same_v<Needed, Given> || ...);

} // namespace client

// Calls the server's typed endpoints over HTTP.
//
// An access token that has expired is renewed once for all calls that meet the 401, and they are then
// repeated without anybody noticing. Calls that got no answer are repeated a little later; unsafe ones carry
// an Idempotency-Key, so that the server does them once no matter how often they arrive.
class ApiClient : public QObject
{
    Q_OBJECT
public:
    // `product` names the app and its version to the server.
    ApiClient(const QUrl &server, const QString &product, QObject *parent = nullptr);

    [[nodiscard]] const QUrl &server() const { return m_server; }
    void setServer(const QUrl &server);
    void setTimeout(std::chrono::milliseconds timeout) { m_timeout = timeout; }
    // Trusts these beside the system's authorities: a company's own.
    void trust(const QList<QSslCertificate> &authorities);

    // Takes the endpoint's parameters, its body and CallOptions, as far as it has them, in any order.
    template <class E, class... Given>
    Reply<typename E::Answer> call(const Given &...given)
    {
        static_assert((client::accepts<E, Given> && ...), "the endpoint takes no argument of this type");
        static_assert(client::isGiven<typename E::Params, Given...>, "the endpoint's Params are missing");
        static_assert(client::isGiven<typename E::Body, Given...>, "the endpoint's Body is missing");
        client::Request request { .method = E::method, .path = client::expandPath(E::path, {}) };
        request.signedIn = !E::roles.isAnyone();
        (put<E>(request, given), ...);
        Promise<typename E::Answer> promise;
        send(request, [promise](Result<QByteArray> body) {
            promise.answer(decode<typename E::Answer>(body));
        });
        return promise.reply();
    }

    [[nodiscard]] const QSslConfiguration &tls() const { return m_tls; }

    [[nodiscard]] const QByteArray &accessToken() const { return m_accessToken; }
    void setAccessToken(const QByteArray &token) { m_accessToken = token; }
    // How to get a new access token. A Problem other than `unauthenticated` leaves the person signed in.
    void setRenewal(std::function<Reply<api::Nothing>()> renewal) { m_renewal = std::move(renewal); }
    // Runs `done` when the renewal, started now or by somebody else, is over.
    void renew(std::function<void(Result<api::Nothing>)> done);

    [[nodiscard]] int pendingCalls() const { return m_pending; }

signals:
    void answered(); // the server was reached
    void unanswered(const Problem &problem); // it was not, after all tries
    void idle(); // the last pending call is over

private:
    using Done = std::function<void(Result<QByteArray>)>;
    struct Attempt;

    template <class E, class Given>
    static void put(client::Request &request, const Given &given)
    {
        if constexpr (std::is_same_v<Given, CallOptions>)
            request.options = given;
        else if constexpr (std::is_same_v<Given, typename E::Params>)
            request.path = client::expandPath(E::path, json::encode(given).toObject());
        else
            request.body = json::write(given);
    }

    template <class T>
    static Result<T> decode(const Result<QByteArray> &body)
    {
        if (!body)
            return fail(body.error());
        if constexpr (std::is_same_v<T, api::Nothing>) {
            return T {};
        } else if constexpr (std::is_same_v<T, api::File>) {
            return T { {}, *body };
        } else {
            auto answer = json::parse<T>(*body);
            if (!answer)
                return fail(notUnderstood(answer.error()));
            return answer;
        }
    }

    static Problem notUnderstood(const Problem &why);
    void send(client::Request request, Done done);
    void start(const std::shared_ptr<Attempt> &attempt);
    void finish(const std::shared_ptr<Attempt> &attempt, QNetworkReply *reply);
    void renewFor(const std::shared_ptr<Attempt> &attempt, const Problem &refusal);
    bool tryAgain(const std::shared_ptr<Attempt> &attempt, const Problem &problem);
    void close(const std::shared_ptr<Attempt> &attempt, Result<QByteArray> result);

    QNetworkAccessManager m_network;
    QSslConfiguration m_tls;
    QUrl m_server;
    QString m_product;
    std::chrono::milliseconds m_timeout { 20'000 };
    QByteArray m_accessToken;
    std::function<Reply<api::Nothing>()> m_renewal;
    QList<std::function<void(Result<api::Nothing>)>> m_waitingForRenewal;
    int m_pending = 0;
};
