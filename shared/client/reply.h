#pragma once

#include "shared/core/result.h"

#include <QObject>
#include <QPointer>

#include <functional>
#include <memory>
#include <optional>

// The answer of a call that is under way: arrives once, on the thread that asked, or never if whoever listens
// has died.
//
//     m_api.call<api::ticket::Fetch>({id}).then(this, [this](Result<api::Ticket> ticket) { … });
//
// A QFuture would abort a debug build when its listener goes before the answer does (Qt 6.4, qfuture_impl.h),
// which is what closing a page in the middle of a request amounts to.
template <class T>
class Reply
{
public:
    using Handler = std::function<void(Result<T>)>;

    // The handler is never run from within then(), so that the caller's next line still comes first.
    void then(QObject *listener, Handler handler) const
    {
        Q_ASSERT_X(listener, "Reply::then", "an answer needs a living owner");
        Q_ASSERT_X(!m_state->handler, "Reply::then", "an answer has one handler");
        m_state->listener = listener;
        m_state->handler = std::move(handler);
        if (m_state->result)
            QMetaObject::invokeMethod(
                listener, [state = m_state] { state->deliver(); }, Qt::QueuedConnection
            );
    }

private:
    template <class U>
    friend class Promise;

    struct State
    {
        std::optional<Result<T>> result;
        QPointer<QObject> listener;
        Handler handler;

        void deliver()
        {
            if (listener)
                std::exchange(handler, {})(*std::exchange(result, std::nullopt));
        }
    };

    explicit Reply(std::shared_ptr<State> state)
        : m_state(std::move(state))
    {
    }

    std::shared_ptr<State> m_state;
};

// The giving end of a Reply. Copies share one answer; one that is dropped unanswered never reaches the
// handler.
template <class T>
class Promise
{
public:
    [[nodiscard]] Reply<T> reply() const { return Reply<T>(m_state); }

    void answer(Result<T> result) const
    {
        Q_ASSERT_X(!m_state->result, "Promise::answer", "an answer arrives once");
        m_state->result = std::move(result);
        if (m_state->handler) {
            const auto keptAlive = m_state;
            keptAlive->deliver();
        }
    }

private:
    using State = typename Reply<T>::State;
    std::shared_ptr<State> m_state = std::make_shared<State>();
};
