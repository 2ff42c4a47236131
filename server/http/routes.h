#pragma once

#include "server/db/database.h"
#include "server/http/params.h"
#include "server/http/router.h"
#include "server/http/typed_route.h"
#include "shared/core/card_number.h"

// Registers the endpoints of one service: where a typed endpoint (shared/api) meets the rule that answers it.
//
//     routes.on<api::ticket::Fetch>([&](Session &session, const Caller &by, const api::TicketRef &ref) {
//         return tickets.fetch(session, by, ref.id);
//     });
//
// A handler takes (Session &, const Caller &[, const Params &][, const Body &]), without those that are
// Nothing, and returns Result<Answer>. It runs on a database worker in one transaction as the service's role:
// a value commits, a Problem rolls back. What it throws is logged and answered as `internal`. Role, syntax
// and content of the request have been checked before; an Idempotency-Key is honoured around it.
class Routes
{
public:
    Routes(Router &router, Database &database, const char *role)
        : m_router(router)
        , m_database(database)
        , m_role(role)
    {
    }

    template <class E, class Handler>
    void on(Handler handler);

    // For a handler that works long before its first statement, such as hashing a password: on `threads`
    // instead of the database's workers, so that a storm of these keeps nobody else waiting. Until that first
    // statement no transaction is open.
    template <class E, class Handler>
    void on(WorkerThreads &threads, Handler handler);

    // One request among those that are answered together.
    template <class E>
    struct Call
    {
        Caller by;
        typename E::Params params;
        typename E::Body body;
    };

    // For the endpoints that must bear a storm: requests that arrive while the previous batch commits are
    // handed over together, in one transaction; nobody waits for a batch to fill. The handler returns one
    // Result per call, in order; the transaction commits once for all, so a Problem of one call must have
    // left nothing behind in the session. If the transaction itself fails, each call is tried again alone.
    // Idempotency keys are honoured around the batch, in one statement for all its calls: the handler sees
    // only the calls that are to be done.
    template <class E>
    using BatchHandler
        = std::function<Result<QList<Result<typename E::Answer>>>(Session &, const QList<Call<E>> &)>;

    template <class E>
    void gather(BatchHandler<E> handler, qsizetype maxBatch = 128);

private:
    template <class E>
    [[nodiscard]] TypedRoute describe();
    template <class E, class Handler>
    [[nodiscard]] static Decode decoder(Handler handler);

    Router &m_router;
    Database &m_database;
    const char *m_role;
};

namespace detail {

// A default-made T for Nothing and a missing one alike.
template <class E>
[[nodiscard]] Result<Routes::Call<E>> decodeCall(const Request &request)
{
    Routes::Call<E> call { request.caller, {}, {} };
    // Both are read before either is refused: a person fixes all of a form at once.
    QList<FieldError> errors;
    if constexpr (!std::is_same_v<typename E::Params, api::Nothing>) {
        Result<typename E::Params> params = decodeParams<typename E::Params>(request);
        if (params)
            call.params = *std::move(params);
        else
            errors = params.error().fields;
    }
    if constexpr (!std::is_same_v<typename E::Body, api::Nothing>) {
        const QJsonValue json = TRY(readJsonBody(request));
        Result<typename E::Body> body = json::fromJson<typename E::Body>(json);
        if (body)
            call.body = *std::move(body);
        else
            errors += body.error().fields;
    }
    if (!errors.isEmpty())
        return fail(refusedFields(errors));
    return call;
}

template <class E, class Handler>
auto callHandler(const Handler &handler, Session &session, const Routes::Call<E> &call)
{
    constexpr bool hasParams = !std::is_same_v<typename E::Params, api::Nothing>;
    constexpr bool hasBody = !std::is_same_v<typename E::Body, api::Nothing>;
    if constexpr (hasParams && hasBody)
        return handler(session, call.by, call.params, call.body);
    else if constexpr (hasParams)
        return handler(session, call.by, call.params);
    else if constexpr (hasBody)
        return handler(session, call.by, call.body);
    else
        return handler(session, call.by);
}

template <class E>
[[nodiscard]] idempotency::Stored encodeAnswer(const typename E::Answer &answer)
{
    if constexpr (std::is_same_v<typename E::Answer, api::Nothing>) {
        return { 204, {}, {} };
    } else if constexpr (std::is_same_v<typename E::Answer, api::File>) {
        static_assert(E::method == api::Method::get, "a file is read, and not stored as what was done");
        return {
            E::success, answer.content, {}, QByteArray(E::mediaType.data(), E::mediaType.size()), answer.name
        };
    } else {
        idempotency::Stored encoded { E::success, json::write(answer), {} };
        if constexpr (Versioned<typename E::Answer>)
            encoded.etag = etagOf(answer.version);
        return encoded;
    }
}

// Whether a T holds a Sought anywhere.
template <class Sought, class T>
constexpr bool holds()
{
    if constexpr (std::is_same_v<T, Sought>) {
        return true;
    } else if constexpr (json::IsOptional<T>::value || json::IsList<T>::value) {
        return holds<Sought, typename T::value_type>();
    } else if constexpr (DescribedStruct<T>) {
        bool found = false;
        boost::mp11::mp_for_each<MembersOf<T>>([&](auto member) {
            using Field = std::remove_cvref_t<decltype(std::declval<T &>().*member.pointer)>;
            found = found || holds<Sought, Field>();
        });
        return found;
    } else {
        return false;
    }
}

// An answer with a secret is never stored, and of a request with a card's number not even a hash: there are
// so few numbers that it could be guessed back. Such endpoints ignore Idempotency-Key, or see to it
// themselves.
template <class E>
constexpr bool mayBeStored()
{
    return !holds<Secret, typename E::Answer>() && !holds<CardNumber, typename E::Body>();
}

} // namespace detail

template <class E>
TypedRoute Routes::describe()
{
    json::Definitions definitions;
    Operation operation = describeOperation<E>(definitions);
    return {
        std::move(operation),
        std::move(definitions),
        !std::is_same_v<typename E::Body, api::Nothing>,
        detail::mayBeStored<E>(),
        m_role,
    };
}

template <class E, class Handler>
Decode Routes::decoder(Handler handler)
{
    return [handler = std::move(handler)](const Request &request) -> Result<EncodedWork> {
        Call<E> call = TRY(detail::decodeCall<E>(request));
        return [&handler, call = std::move(call)](Session &session) -> Result<idempotency::Stored> {
            const Result<typename E::Answer> answer = detail::callHandler<E>(handler, session, call);
            if (!answer)
                return fail(answer.error());
            return detail::encodeAnswer<E>(*answer);
        };
    };
}

template <class E, class Handler>
void Routes::on(Handler handler)
{
    addTypedRoute(m_router, m_database, describe<E>(), decoder<E>(std::move(handler)));
}

template <class E, class Handler>
void Routes::on(WorkerThreads &threads, Handler handler)
{
    addTypedRoute(m_router, m_database, describe<E>(), decoder<E>(std::move(handler)), &threads);
}

template <class E>
void Routes::gather(BatchHandler<E> handler, qsizetype maxBatch)
{
    // The calls travel through the untyped queue as what they are; only these two closures know the type.
    const auto decode = [](const Request &request) -> Result<std::shared_ptr<const void>> {
        return std::make_shared<const Call<E>>(TRY(detail::decodeCall<E>(request)));
    };
    const auto run = [handler = std::move(handler)](
                         Session &session, const QList<std::shared_ptr<const void>> &decoded
                     ) -> Result<QList<Result<idempotency::Stored>>> {
        QList<Call<E>> calls;
        calls.reserve(decoded.size());
        for (const std::shared_ptr<const void> &call : decoded)
            calls.append(*static_cast<const Call<E> *>(call.get()));
        const QList<Result<typename E::Answer>> answers = TRY(handler(session, calls));
        QList<Result<idempotency::Stored>> encoded;
        encoded.reserve(answers.size());
        for (const Result<typename E::Answer> &answer : answers)
            encoded.append(answer.map(detail::encodeAnswer<E>));
        return encoded;
    };
    addBatchRoute(m_router, m_database, describe<E>(), { decode, run, maxBatch });
}
