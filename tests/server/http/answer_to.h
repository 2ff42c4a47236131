#pragma once

#include "server/http/router.h"
#include "shared/core/clock.h"

#include <QUrlQuery>

#include <future>

// A request as the server would hand it to the router, without a socket in between.
struct Asking
{
    QByteArray method = "GET";
    QString path;
    QByteArray body = {};
    QList<Headers::Field> headers = {};
};

// Sends it through match, refuse and handler; the answer may come from another thread.
[[nodiscard]] inline std::future<Response> ask(const Router &router, const Asking &asking)
{
    const auto request = std::make_shared<Request>();
    const QUrl url(asking.path);
    request->method = asking.method;
    request->target = asking.path.toLatin1();
    request->path = url.path().mid(1).split(u'/');
    for (const auto &[name, value] : QUrlQuery(url).queryItems(QUrl::FullyDecoded))
        request->query.insert(name, value);
    request->body = asking.body;
    for (const Headers::Field &field : asking.headers)
        request->headers.add(field.name, field.value);
    if (!asking.body.isEmpty()) {
        request->headers.add("content-length", QByteArray::number(asking.body.size()));
        if (request->headers.count("content-type") == 0)
            request->headers.add("content-type", "application/json");
    }
    request->caller.requestId = QStringLiteral("test-request");
    request->caller.at = SystemClock().now();

    const auto promise = std::make_shared<std::promise<Response>>();
    std::future<Response> answer = promise->get_future();
    const Responder respond([promise](Response response) { promise->set_value(std::move(response)); });
    const Router::Match match = router.match(*request);
    request->pathValues = match.values;
    if (std::optional<Response> refused = router.refuse(match, *request))
        respond(*std::move(refused));
    else
        match.route->handler(request, respond);
    return answer;
}

[[nodiscard]] inline Response answerTo(const Router &router, const Asking &asking)
{
    return ask(router, asking).get();
}

// Bearer tokens "<role>-<n>" name the nth account of that role; everything else is refused.
[[nodiscard]] inline Result<Caller> testAuthenticator(QByteArrayView token)
{
    const QString text = QString::fromLatin1(token);
    const std::optional<api::Role> role = enumFromName<api::Role>(text.section(u'-', 0, 0));
    if (!role)
        return fail({ ProblemKind::unauthenticated, QStringLiteral("forged"), {}, {}, {} });
    Caller caller;
    const uint number = text.section(u'-', 1).toUInt();
    caller.account = api::AccountId(QUuid(number, 1, static_cast<ushort>(*role), 8, 0, 0, 0, 0, 0, 0, 1));
    caller.role = *role;
    caller.name = text;
    return caller;
}
