#include "tests/doubles/payment_vendor/vendor_door.h"

#include <QCryptographicHash>
#include <QTimer>

using namespace Qt::StringLiterals;

namespace vendor {

namespace {

    Response toResponse(const Answer &answer)
    {
        return Response::json(json::toText(answer.body), answer.status);
    }

    QByteArray fingerprint(const Request &request)
    {
        const QByteArray question = request.method + ' ' + request.target + '\n' + request.body;
        return QCryptographicHash::hash(question, QCryptographicHash::Sha256);
    }

    QByteArray keyOf(const Request &request)
    {
        return request.headers.value("idempotency-key");
    }

    // 0 to 1, the same for the same key.
    double chance(const QByteArray &key, const QByteArray &what)
    {
        const QByteArray hash = QCryptographicHash::hash(what + ' ' + key, QCryptographicHash::Sha256);
        return hash.first(4).toHex().toUInt(nullptr, 16) / 4294967296.0;
    }

    QString idIn(const Request &request)
    {
        return request.pathValues.value(u"id"_s);
    }

} // namespace

VendorDoor::VendorDoor(const Options &options)
    : m_options(options)
    , m_webhooks(options.webhooks, m_behaviour)
    , m_book([this](const QString &type, const QJsonObject &object) { m_webhooks.tell(type, object); })
{
}

void VendorDoor::addRoutes(Router &router)
{
    using enum api::Method;
    add(router, post, u"/v1/customers"_s, [this](const Request &request) {
        return m_book.addCustomer(Form(request.body));
    });
    add(router, post, u"/v1/payment_methods"_s, [this](const Request &request) {
        return m_book.addMethod(Form(request.body));
    });
    add(router, post, u"/v1/payment_methods/{id}/attach"_s, [this](const Request &request) {
        using enum VendorBook::Attaching;
        return m_book.attach(
            idIn(request), Form(request.body), m_behaviour.declinesOnAttach ? checksCard : always
        );
    });
    add(router, post, u"/v1/payment_methods/{id}/detach"_s, [this](const Request &request) {
        return m_book.detach(idIn(request));
    });
    add(router, post, u"/v1/payment_intents"_s, [this](const Request &request) { return charge(request); });
    add(router, post, u"/v1/refunds"_s, [this](const Request &request) { return refund(request); });
    addLists(router);
    addControl(router);
}

void VendorDoor::addLists(Router &router)
{
    const std::tuple<QString, Kind, QString> lists[] = {
        { u"/v1/customers"_s, Kind::customers, {} },
        { u"/v1/payment_methods"_s, Kind::methods, {} },
        { u"/v1/payment_intents"_s, Kind::intents, u"customer"_s },
        { u"/v1/refunds"_s, Kind::refunds, u"payment_intent"_s },
        { u"/v1/balance_transactions"_s, Kind::balance, {} },
    };
    for (const auto &[path, kind, parent] : lists) {
        add(router, api::Method::get, path, [this, kind = kind, parent = parent](const Request &request) {
            const qint64 limit = request.query.value(u"limit"_s, u"10"_s).toLongLong();
            return m_book.list(
                kind,
                { .parent = parent.isEmpty() ? QString() : request.query.value(parent),
                  .from = request.query.value(u"created[gte]"_s).toLongLong(),
                  .until = request.query.value(u"created[lt]"_s).toLongLong(),
                  .after = request.query.value(u"starting_after"_s),
                  .limit = std::clamp<qint64>(limit, 1, 100) }
            );
        });
        add(router, api::Method::get, path + "/{id}"_L1, [this, kind = kind](const Request &request) {
            return m_book.fetch(kind, idIn(request));
        });
    }
}

// Not of Stripe's: how a test sets the stage and looks behind it.
void VendorDoor::addControl(Router &router)
{
    const auto control = [this, &router](api::Method method, const QString &path, const Work &work) {
        Router::Route route;
        route.method = method;
        route.path = "/control/"_L1 + path;
        route.handler = [this, work](const RequestPtr &request, const Responder &respond) {
            QMetaObject::invokeMethod(this, [=] { respond(toResponse(work(*request))); });
        };
        router.add(std::move(route));
    };
    control(api::Method::get, u"state"_s, [this](const Request &) { return Answer { 200, look() }; });
    control(api::Method::patch, u"behaviour"_s, [this](const Request &request) {
        return behave(request.body);
    });
    control(api::Method::put, u"webhooks"_s, [this](const Request &request) {
        m_webhooks.setUrl(QUrl(QString::fromUtf8(request.body)));
        return Answer {};
    });
    // As if a day had passed.
    control(api::Method::post, u"forget-keys"_s, [this](const Request &) {
        m_answers.clear();
        return Answer {};
    });
}

void VendorDoor::add(Router &router, api::Method method, const QString &path, Work work)
{
    Router::Route route;
    route.method = method;
    route.path = path;
    route.handler = [this, work = std::move(work)](const RequestPtr &request, const Responder &respond) {
        QMetaObject::invokeMethod(this, [=, this] { take(request, respond, work); });
    };
    router.add(std::move(route));
}

void VendorDoor::take(const RequestPtr &request, const Responder &respond, const Work &work)
{
    ++m_requests;
    if (m_behaviour.outage == Outage::silent) {
        m_hung.append(respond);
        return;
    }
    if (const std::optional<Answer> away = turnAway(*request)) {
        m_limited += away->status == 429 ? 1 : 0;
        respond(toResponse(*away));
        return;
    }
    ++m_inService;
    m_mostInService = std::max(m_mostInService, m_inService);
    if (const std::optional<Response> recalled = recall(*request)) {
        answer(request, respond, *recalled);
        return;
    }
    const Response response = perform(*request, work);
    if (hangs(*request)) {
        --m_inService;
        m_hung.append(respond);
        return;
    }
    m_underWay.insert(keyOf(*request));
    answer(request, respond, response);
}

std::optional<Answer> VendorDoor::turnAway(const Request &request) const
{
    if (request.headers.value("authorization") != "Bearer " + m_options.key.reveal().toByteArray())
        return refused(401, u"invalid_request_error"_s, {}, u"Invalid API key."_s);
    if (m_behaviour.outage == Outage::refuses)
        return refused(503, u"api_error"_s, {}, u"We are out of service."_s);
    if (m_behaviour.concurrency > 0 && m_inService >= m_behaviour.concurrency)
        return refused(429, u"invalid_request_error"_s, u"rate_limit"_s, u"Too many requests at once."_s);
    return std::nullopt;
}

std::optional<Response> VendorDoor::recall(const Request &request) const
{
    const QByteArray key = keyOf(request);
    if (key.isEmpty())
        return std::nullopt;
    if (m_underWay.contains(key))
        return toResponse(refused(
            409, u"idempotency_error"_s, u"idempotency_key_in_use"_s, u"The same request is under way."_s
        ));
    const auto earlier = m_answers.find(key);
    if (earlier == m_answers.end())
        return std::nullopt;
    if (earlier->question != fingerprint(request))
        return toResponse(
            refused(400, u"idempotency_error"_s, {}, u"This key was used with other parameters."_s)
        );
    return Response::json(earlier->body, earlier->status).set("Idempotent-Replayed", "true");
}

Response VendorDoor::perform(const Request &request, const Work &work)
{
    const Answer answer = work(request);
    const Response response = toResponse(answer);
    const QByteArray key = keyOf(request);
    if (!key.isEmpty() && answer.isRemembered)
        m_answers.insert(key, { fingerprint(request), response.status, response.body });
    m_isChanged = m_isChanged || request.method == "POST";
    return response;
}

void VendorDoor::answer(const RequestPtr &request, const Responder &respond, const Response &response)
{
    QTimer::singleShot(m_behaviour.latencyMs, Qt::PreciseTimer, this, [=, this] {
        --m_inService;
        m_underWay.remove(keyOf(*request));
        respond(response);
    });
}

Answer VendorDoor::charge(const Request &request)
{
    const QByteArray key = keyOf(request);
    std::optional<Decline> decline;
    if (chance(key, "soft") < m_behaviour.softDeclines)
        decline = softDecline();
    else if (chance(key, "hard") < m_behaviour.hardDeclines)
        decline = hardDecline();
    return m_book.charge(Form(request.body), decline);
}

Answer VendorDoor::refund(const Request &request)
{
    const Answer answer = m_book.refund(Form(request.body));
    if (answer.body["status"_L1].toString() == "pending"_L1)
        QTimer::singleShot(m_behaviour.refundMs, this, [this, id = answer.body["id"_L1].toString()] {
            m_book.finishRefund(id);
            m_isChanged = true;
        });
    return answer;
}

bool VendorDoor::hangs(const Request &request)
{
    const bool movesMoney = request.method == "POST"
        && (request.target.startsWith("/v1/payment_intents") || request.target.startsWith("/v1/refunds"));
    if (!movesMoney)
        return false;
    if (m_behaviour.hangs > 0) {
        --m_behaviour.hangs;
        return true;
    }
    return chance(keyOf(request), "hang") < m_behaviour.hanging;
}

QJsonObject VendorDoor::look() const
{
    QJsonObject state = m_book.totals();
    state.insert(u"behaviour"_s, json::encode(m_behaviour));
    state.insert(u"requests"_s, m_requests);
    state.insert(u"limited"_s, m_limited);
    state.insert(u"hung"_s, m_hung.size());
    state.insert(u"mostAtOnce"_s, m_mostInService);
    state.insert(u"webhooksDelivered"_s, m_webhooks.delivered());
    return state;
}

Answer VendorDoor::behave(const QByteArray &changes)
{
    QJsonObject behaviour = json::encode(m_behaviour).toObject();
    const QJsonObject changed = QJsonDocument::fromJson(changes).object();
    for (auto each = changed.begin(); each != changed.end(); ++each)
        behaviour.insert(each.key(), each.value());
    const Result<Behaviour> next = json::fromJson<Behaviour>(behaviour);
    if (!next)
        return refused(400, u"invalid_request_error"_s, {}, next.error().detail);
    m_behaviour = *next;
    return { 200, json::encode(m_behaviour).toObject() };
}

QJsonObject VendorDoor::save() const
{
    QJsonArray answers;
    for (auto each = m_answers.begin(); each != m_answers.end(); ++each)
        answers.append(QJsonObject { { u"key"_s, QString::fromLatin1(each.key()) },
                                     { u"question"_s, QString::fromLatin1(each->question.toHex()) },
                                     { u"status"_s, each->status },
                                     { u"body"_s, QString::fromUtf8(each->body) } });
    return { { u"book"_s, m_book.save() }, { u"answers"_s, answers } };
}

void VendorDoor::load(const QJsonObject &saved)
{
    m_book.load(saved["book"_L1].toArray());
    for (const QJsonValue &value : saved["answers"_L1].toArray()) {
        const QJsonObject each = value.toObject();
        m_answers.insert(
            each["key"_L1].toString().toLatin1(),
            { QByteArray::fromHex(each["question"_L1].toString().toLatin1()),
              each["status"_L1].toInt(),
              each["body"_L1].toString().toUtf8() }
        );
    }
}

} // namespace vendor
