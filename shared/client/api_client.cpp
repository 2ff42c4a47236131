#include "shared/client/api_client.h"

#include "shared/client/backoff.h"

#include <QElapsedTimer>
#include <QNetworkReply>
#include <QTimer>
#include <QUrlQuery>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

// A person who pressed a button waits at most about this long before being told that it did not work.
constexpr auto patience = 15s;

QByteArray verb(api::Method method)
{
    switch (method) {
    case api::Method::get:
        return "GET"_ba;
    case api::Method::post:
        return "POST"_ba;
    case api::Method::put:
        return "PUT"_ba;
    case api::Method::patch:
        return "PATCH"_ba;
    case api::Method::del:
        return "DELETE"_ba;
    }
    Q_UNREACHABLE();
}

QString parameterText(const QJsonValue &value)
{
    if (value.isBool())
        return value.toBool() ? u"true"_s : u"false"_s;
    if (value.isDouble())
        return QString::number(value.toInteger());
    return value.toString();
}

FieldError fieldErrorFrom(const QJsonObject &error)
{
    // RFC 9457 shows pointers as URI fragments; our own FieldError leaves the # out.
    QString pointer = error.value("pointer"_L1).toString();
    if (pointer.startsWith(u'#'))
        pointer.remove(0, 1);
    return { pointer, error.value("detail"_L1).toString() };
}

QString describe(const QNetworkReply &reply)
{
    if (reply.error() == QNetworkReply::OperationCanceledError)
        return ApiClient::tr("The server took too long to answer.");
    return reply.errorString();
}

} // namespace

namespace client {

QString expandPath(std::string_view path, const QJsonObject &params)
{
    QString expanded = toQString(api::basePath) + toQString(path);
    QUrlQuery query;
    for (auto field = params.begin(); field != params.end(); ++field) {
        const QString encoded = QString::fromLatin1(QUrl::toPercentEncoding(parameterText(*field)));
        const QString placeholder = u'{' + field.key() + u'}';
        if (expanded.contains(placeholder))
            expanded.replace(placeholder, encoded);
        else
            query.addQueryItem(field.key(), encoded);
    }
    return query.isEmpty() ? expanded : expanded + u'?' + query.toString(QUrl::FullyEncoded);
}

Problem problemFromAnswer(int status, const QByteArray &body)
{
    Problem problem;
    problem.kind = problemKindOfStatus(status);
    QJsonObject document = QJsonDocument::fromJson(body).object();
    problem.detail = document.take("detail"_L1).toString();
    problem.code = document.take("code"_L1).toString();
    const QJsonArray errors = document.take("errors"_L1).toArray();
    for (const QJsonValue &error : errors)
        problem.fields += fieldErrorFrom(error.toObject());
    for (const QLatin1String known : { "type"_L1, "title"_L1, "status"_L1 })
        document.remove(known);
    problem.extension = document;
    return problem;
}

} // namespace client

// One call on its way through as many requests as it takes.
struct ApiClient::Attempt
{
    client::Request request;
    Done done;
    QByteArray token {}; // the one the last request was sent with
    int tries = 0;
    bool renewed = false;
    Backoff backoff { 400ms, 3s };
    QElapsedTimer since {};
    QStringList tlsErrors {};
};

ApiClient::ApiClient(const QUrl &server, const QString &product, QObject *parent)
    : QObject(parent)
    , m_tls(QSslConfiguration::defaultConfiguration())
    , m_product(product)
{
    setServer(server);
}

void ApiClient::setServer(const QUrl &server)
{
    m_server
        = server.adjusted(QUrl::RemovePath | QUrl::RemoveQuery | QUrl::RemoveFragment | QUrl::RemoveUserInfo);
}

void ApiClient::trust(const QList<QSslCertificate> &authorities)
{
    m_tls.addCaCertificates(authorities);
}

void ApiClient::send(client::Request request, Done done)
{
    if (request.method != api::Method::get && request.options.idempotencyKey.isEmpty())
        request.options.idempotencyKey = makeUuid7().toByteArray(QUuid::WithoutBraces);
    const auto attempt
        = std::make_shared<Attempt>(Attempt { .request = std::move(request), .done = std::move(done) });
    attempt->since.start();
    ++m_pending;
    start(attempt);
}

void ApiClient::start(const std::shared_ptr<Attempt> &attempt)
{
    const client::Request &request = attempt->request;
    QNetworkRequest http(QUrl(m_server.toString(QUrl::FullyEncoded) + request.path, QUrl::StrictMode));
    http.setSslConfiguration(m_tls);
    http.setTransferTimeout(static_cast<int>(m_timeout.count()));
    http.setAttribute(QNetworkRequest::Http2AllowedAttribute, false);
    http.setAttribute(QNetworkRequest::RedirectPolicyAttribute, QNetworkRequest::ManualRedirectPolicy);
    http.setHeader(QNetworkRequest::UserAgentHeader, m_product);
    http.setRawHeader("Accept"_ba, "application/json, application/problem+json"_ba);
    if (!request.body.isEmpty() || request.method == api::Method::post)
        http.setHeader(QNetworkRequest::ContentTypeHeader, u"application/json"_s);
    if (!request.options.idempotencyKey.isEmpty())
        http.setRawHeader("Idempotency-Key"_ba, request.options.idempotencyKey);
    if (request.options.ifMatch)
        http.setRawHeader("If-Match"_ba, '"' + QByteArray::number(*request.options.ifMatch) + '"');
    attempt->token = request.signedIn ? m_accessToken : QByteArray();
    if (!attempt->token.isEmpty())
        http.setRawHeader("Authorization"_ba, "Bearer " + attempt->token);

    ++attempt->tries;
    QNetworkReply *reply = m_network.sendCustomRequest(http, verb(request.method), request.body);
    connect(reply, &QNetworkReply::sslErrors, this, [attempt](const QList<QSslError> &errors) {
        for (const QSslError &error : errors)
            attempt->tlsErrors += error.errorString();
    });
    connect(reply, &QNetworkReply::finished, this, [this, attempt, reply] {
        reply->deleteLater();
        finish(attempt, reply);
    });
}

void ApiClient::finish(const std::shared_ptr<Attempt> &attempt, QNetworkReply *reply)
{
    const int status = reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
    const bool isComplete = reply->error() == QNetworkReply::NoError;
    if (isComplete && status >= 200 && status < 300)
        return close(attempt, reply->readAll());

    Problem problem = client::problemFromAnswer(status, reply->isOpen() ? reply->readAll() : QByteArray());
    if (status < 300) { // no answer, or one that broke off: QNetworkReply reports a refusal of ours as an
                        // error as well
        problem = { ProblemKind::unreachable, describe(*reply), {}, {}, {} };
        if (!attempt->tlsErrors.isEmpty()) {
            problem.code = u"tls"_s;
            problem.detail = attempt->tlsErrors.join(u' ');
        }
    }
    if (problem.kind == ProblemKind::unauthenticated && attempt->request.signedIn)
        return renewFor(attempt, problem);
    if (!tryAgain(attempt, problem))
        close(attempt, fail(problem));
}

// A refusal of the connection or "try later" says nothing about what was asked, so it is asked again, soon
// and briefly.
bool ApiClient::tryAgain(const std::shared_ptr<Attempt> &attempt, const Problem &problem)
{
    const bool isPassing = problem.kind == ProblemKind::unavailable
        || (problem.kind == ProblemKind::unreachable && problem.code.isEmpty());
    if (!isPassing || attempt->tries >= attempt->request.options.tries
        || std::chrono::milliseconds(attempt->since.elapsed()) > patience)
        return false;
    QTimer::singleShot(attempt->backoff.next(), this, [this, attempt] { start(attempt); });
    return true;
}

void ApiClient::renewFor(const std::shared_ptr<Attempt> &attempt, const Problem &refusal)
{
    const bool hasNewerToken = !m_accessToken.isEmpty() && m_accessToken != attempt->token;
    if (hasNewerToken)
        return start(attempt);
    if (attempt->renewed || !m_renewal || m_accessToken.isEmpty())
        return close(attempt, fail(refusal));
    attempt->renewed = true;
    renew([this, attempt](Result<api::Nothing> renewed) {
        if (renewed)
            start(attempt);
        else
            close(attempt, fail(renewed.error()));
    });
}

void ApiClient::renew(std::function<void(Result<api::Nothing>)> done)
{
    m_waitingForRenewal += std::move(done);
    if (m_waitingForRenewal.size() > 1)
        return;
    m_renewal().then(this, [this](const Result<api::Nothing> &renewed) {
        const auto waiting = std::exchange(m_waitingForRenewal, {});
        for (const auto &each : waiting)
            each(renewed);
    });
}

void ApiClient::close(const std::shared_ptr<Attempt> &attempt, Result<QByteArray> result)
{
    --m_pending;
    if (!result && result.error().kind == ProblemKind::unreachable)
        emit unanswered(result.error());
    else
        emit answered();
    std::exchange(attempt->done, {})(std::move(result));
    if (m_pending == 0)
        emit idle();
}

Problem ApiClient::notUnderstood(const Problem &why)
{
    QString detail = tr("The server's answer could not be understood. Is this app older than the server?");
    for (const FieldError &field : why.fields)
        detail += u' ' + field.pointer + u": "_s + field.detail + u'.';
    return { ProblemKind::internal, detail, u"answer"_s, {}, {} };
}
