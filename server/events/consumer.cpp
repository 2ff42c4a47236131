#include "server/events/consumer.h"

using namespace Qt::StringLiterals;

namespace {

template <class Work>
Result<void> guarded(Work &&work)
{
    try {
        return work();
    } catch (const std::exception &exception) {
        return fail(Problem::internal(u"It threw: "_s + QString::fromUtf8(exception.what())));
    } catch (...) {
        return fail(Problem::internal(u"It threw something that is no exception."_s));
    }
}

} // namespace

bool typeMatches(const QString &pattern, const QString &type)
{
    if (pattern.endsWith(".*"_L1))
        return type.startsWith(QStringView(pattern).chopped(1));
    return pattern == type;
}

Consumer::Consumer(QString group, const char *role)
    : m_group(std::move(group))
    , m_role(role)
{
}

Consumer &Consumer::onType(const QString &type, Handler handler)
{
    m_handlers.append({ type, std::move(handler) });
    return *this;
}

Consumer &Consumer::beforeBatch(BatchEdge begin)
{
    m_batchBegin = std::move(begin);
    return *this;
}

Consumer &Consumer::afterBatch(BatchEdge end)
{
    m_batchEnd = std::move(end);
    return *this;
}

QStringList Consumer::types() const
{
    QStringList types;
    for (const auto &[type, handler] : m_handlers) {
        if (!types.contains(type))
            types += type;
    }
    return types;
}

bool Consumer::wants(const QString &type) const
{
    return std::ranges::any_of(m_handlers, [&](const auto &each) { return typeMatches(each.first, type); });
}

Result<void> Consumer::handle(Session &session, const Event &event) const
{
    for (const auto &[type, handler] : m_handlers) {
        if (typeMatches(type, event.type))
            TRY(guarded([&] { return handler(session, event); }));
    }
    return {};
}

Result<void> Consumer::beginBatch(Session &session) const
{
    return m_batchBegin ? guarded([&] { return m_batchBegin(session); }) : Result<void>();
}

Result<void> Consumer::endBatch(Session &session) const
{
    return m_batchEnd ? guarded([&] { return m_batchEnd(session); }) : Result<void>();
}
