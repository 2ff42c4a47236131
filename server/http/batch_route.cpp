#include "server/http/problem_response.h"
#include "server/http/typed_route.h"

#include <QSet>

#include <deque>
#include <mutex>

using namespace Qt::StringLiterals;
using detail::Answered;

namespace {

// The calls of one endpoint that wait for the next batch, and the batches that run.
//
// While one commits, the next fills up; a second one in flight keeps the database busy while the first is
// encoded and answered. A lone call finds no batch running and goes at once.
class Gathering : public std::enable_shared_from_this<Gathering>
{
public:
    Gathering(Database &database, TypedRoute route, Batch batch)
        : m_database(database)
        , m_route(std::move(route))
        , m_batch(std::move(batch))
    {
    }

    [[nodiscard]] const TypedRoute &route() const { return m_route; }
    void arrive(const RequestPtr &request, const Responder &respond);

private:
    struct Pending
    {
        RequestPtr request;
        Responder respond;
        Batch::Call call;
        std::optional<idempotency::Claim> claim;
    };

    static constexpr int maxRunning = 2;
    static constexpr size_t maxWaiting = 4096;

    [[nodiscard]] bool enqueue(Pending waiting);
    void run();
    [[nodiscard]] QList<Pending> takeBatch();
    void answer(const QList<Pending> &calls);
    [[nodiscard]] Result<QList<Result<Answered>>> transact(const QList<Pending> &calls);
    [[nodiscard]] Result<QList<Result<Answered>>>
    attempt(Session &session, const QList<Pending> &calls) const;
    [[nodiscard]] Result<QList<Result<idempotency::Stored>>>
    runHandler(Session &session, const QList<Batch::Call> &calls) const;
    static void respond(const Pending &call, const Result<Answered> &answered);

    Database &m_database;
    const TypedRoute m_route;
    const Batch m_batch;

    std::mutex m_mutex; // guards what follows
    std::deque<Pending> m_waiting;
    int m_running = 0;
};

void Gathering::arrive(const RequestPtr &request, const Responder &respond)
{
    Result<Batch::Call> call = m_batch.decode(*request);
    if (!call) {
        respond(detail::failureResponse(call.error(), *request));
        return;
    }
    if (!enqueue({ request, respond, *std::move(call), detail::claimOf(m_route, *request) }))
        respond(busyResponse(u"Too many requests wait already."_s, request->caller.requestId));
}

bool Gathering::enqueue(Pending waiting)
{
    const std::lock_guard lock(m_mutex);
    if (m_waiting.size() >= maxWaiting)
        return false;
    if (m_running < maxRunning) {
        const bool isQueued = m_database.post([self = shared_from_this()] { self->run(); });
        if (!isQueued && m_running == 0)
            return false; // nobody would come for it
        m_running += isQueued ? 1 : 0;
    }
    m_waiting.push_back(std::move(waiting));
    return true;
}

void Gathering::run()
{
    for (;;) {
        const QList<Pending> calls = takeBatch();
        if (calls.isEmpty())
            return;
        answer(calls);
    }
}

// What has queued up, except calls whose client has gone and repetitions of a key within the batch: those
// wait for the next one, which finds the first one's answer. Empty: this run has ended.
QList<Gathering::Pending> Gathering::takeBatch()
{
    const std::lock_guard lock(m_mutex);
    QList<Pending> batch;
    std::deque<Pending> later;
    QSet<std::pair<api::AccountId, QString>> keys;
    while (!m_waiting.empty() && batch.size() < m_batch.limit) {
        Pending next = std::move(m_waiting.front());
        m_waiting.pop_front();
        if (next.respond.isAbandoned())
            continue;
        const auto key = next.claim ? std::pair(next.claim->account, next.claim->key)
                                    : std::pair<api::AccountId, QString>();
        if (next.claim && keys.contains(key)) {
            later.push_back(std::move(next));
            continue;
        }
        if (next.claim)
            keys.insert(key);
        batch.append(std::move(next));
    }
    m_waiting.insert(m_waiting.begin(), std::move_iterator(later.begin()), std::move_iterator(later.end()));
    if (batch.isEmpty())
        --m_running;
    return batch;
}

void Gathering::answer(const QList<Pending> &calls)
{
    const Result<QList<Result<Answered>>> answers = transact(calls);
    if (answers) {
        for (qsizetype i = 0; i < calls.size(); ++i)
            respond(calls.at(i), answers->at(i));
        return;
    }
    // `unavailable` may mean that the commit's outcome is unknown: doing it again could do it twice. It is
    // for the client to repeat, under the same key.
    if (calls.size() == 1 || answers.error().kind == ProblemKind::unavailable) {
        for (const Pending &call : calls)
            respond(call, fail(answers.error()));
        return;
    }
    for (const Pending &call : calls)
        answer({ call });
}

Result<QList<Result<Answered>>> Gathering::transact(const QList<Pending> &calls)
{
    try {
        return m_database.transact(m_route.role, [&](Session &session) -> Result<QList<Result<Answered>>> {
            try {
                return attempt(session, calls);
            } catch (...) {
                return fail(detail::describeException());
            }
        });
    } catch (...) {
        return fail(detail::describeException());
    }
}

// One begin, one handler call, one finish, however many calls there are.
Result<QList<Result<Answered>>> Gathering::attempt(Session &session, const QList<Pending> &calls) const
{
    QList<idempotency::Claim> claims;
    for (const Pending &call : calls) {
        if (call.claim)
            claims.append(*call.claim);
    }
    const QList<idempotency::Verdict> verdicts = TRY(idempotency::begin(session, claims));

    QList<Result<Answered>> answers;
    QList<qsizetype> places; // in `answers`, of the calls that are to be done
    QList<Batch::Call> toDo;
    qsizetype claimed = 0;
    for (const Pending &call : calls) {
        const idempotency::Verdict verdict = call.claim ? verdicts.at(claimed++) : idempotency::Verdict();
        if (verdict.use == idempotency::Use::first) {
            places.append(answers.size());
            toDo.append(call.call);
        }
        if (verdict.use == idempotency::Use::reused)
            answers.append(fail(idempotency::reusedKey()));
        else
            answers.append(Answered { verdict.stored, true });
    }

    const QList<Result<idempotency::Stored>> done = TRY(runHandler(session, toDo));
    QList<idempotency::Claim> kept;
    QList<idempotency::Stored> keptAnswers;
    for (qsizetype i = 0; i < places.size(); ++i) {
        const qsizetype place = places.at(i);
        answers[place] = done.at(i).map([](const idempotency::Stored &stored) {
            return Answered { stored, false };
        });
        if (calls.at(place).claim && done.at(i)) {
            kept.append(*calls.at(place).claim);
            keptAnswers.append(*done.at(i));
        }
    }
    TRY(idempotency::finish(session, kept, keptAnswers));
    return answers;
}

Result<QList<Result<idempotency::Stored>>>
Gathering::runHandler(Session &session, const QList<Batch::Call> &calls) const
{
    if (calls.isEmpty())
        return QList<Result<idempotency::Stored>>();
    QList<Result<idempotency::Stored>> done = TRY(m_batch.run(session, calls));
    if (done.size() != calls.size())
        return fail(Problem::internal(u"the batch handler of %1 lost a call"_s.arg(m_route.operation.id)));
    return done;
}

void Gathering::respond(const Pending &call, const Result<Answered> &answered)
{
    call.respond(
        answered ? detail::answerResponse(*answered)
                 : detail::failureResponse(answered.error(), *call.request)
    );
}

} // namespace

void addBatchRoute(Router &router, Database &database, TypedRoute route, Batch batch)
{
    const auto gathering = std::make_shared<Gathering>(database, std::move(route), std::move(batch));
    detail::addRoute(
        router,
        gathering->route(),
        [gathering](const RequestPtr &request, const Responder &respond) {
            gathering->arrive(request, respond);
        }
    );
}
