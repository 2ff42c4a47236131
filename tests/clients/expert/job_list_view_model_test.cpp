#include "expert-client/features/job/job_list_view_model.h"

#include "shared/client/feed_position.h"
#include "tests/clients/support/office.h"
#include "tests/clients/support/sample.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;

// How the job list keeps true while pages and pushes overtake each other.
class JobListViewModelTest : public QObject
{
    Q_OBJECT
private slots:
    void init();
    void cleanup();

    void theJobAtHandComesFirst();
    void anOfferIsAnnouncedOnce();
    void theSameJobOfferedAgainIsAnnouncedAgain();
    void anOldPushDoesNotUndoANewerState();
    void aPageReadEarlierDoesNotUndoAPush();
    void aJobGivenAwayIsTakenOnce();
    void ownDoingIsNoLoss();
    void workThatNeedsAnotherVisitStaysAmongTheEarlierOnes();
    void anAnswerCountsLikeAPush();
    void earlierJobsComePageByPage();

private:
    void open();
    api::Ticket mine(int index, api::TicketState state);
    [[nodiscard]] QStringList numbers() const;

    std::unique_ptr<QTemporaryDir> m_dir;
    std::unique_ptr<QSettings> m_settings;
    std::unique_ptr<FeedPosition> m_position;
    std::unique_ptr<Office> m_office;
    std::unique_ptr<ApiClient> m_api;
    std::unique_ptr<PushChannel> m_push;
    std::unique_ptr<JobListViewModel> m_jobs;
    api::Account m_ada;
};

void JobListViewModelTest::init()
{
    m_dir = std::make_unique<QTemporaryDir>();
    m_settings = std::make_unique<QSettings>(m_dir->filePath(u"app.ini"_s), QSettings::IniFormat);
    m_position = std::make_unique<FeedPosition>(*m_settings);
    m_ada = sample::account(api::Role::expert, u"Ada Rivera"_s);
    m_office = std::make_unique<Office>(m_ada);
    m_api = std::make_unique<ApiClient>(m_office->url(), u"test/1"_s);
    m_api->setAccessToken("access"_ba);
    m_push = std::make_unique<PushChannel>(*m_api, *m_position);
}

void JobListViewModelTest::cleanup()
{
    m_jobs.reset();
    m_push.reset();
    m_api.reset();
    m_office.reset();
}

void JobListViewModelTest::open()
{
    m_jobs = std::make_unique<JobListViewModel>(*m_api, *m_push, m_ada.id);
    m_push->open(m_ada.id);
    QTRY_VERIFY(m_push->state() == PushChannel::State::open && m_api->pendingCalls() == 0);
    new QAbstractItemModelTester(
        &m_jobs->model(), QAbstractItemModelTester::FailureReportingMode::QtTest, m_jobs.get()
    );
}

api::Ticket JobListViewModelTest::mine(int index, api::TicketState state)
{
    return sample::ticket(index, state, api::ExpertName { m_ada.id, m_ada.name.toString() });
}

QStringList JobListViewModelTest::numbers() const
{
    QStringList numbers;
    for (const api::TicketSummary &job : m_jobs->model().rows())
        numbers += job.number;
    return numbers;
}

void JobListViewModelTest::theJobAtHandComesFirst()
{
    const api::Ticket current = mine(1, api::TicketState::accepted);
    const api::Ticket newer = mine(2, api::TicketState::completed);
    m_office->add(current);
    m_office->add(newer);

    open();

    QCOMPARE(numbers(), (QStringList { current.number, newer.number }));
    QCOMPARE(m_jobs->currentCount(), 1);
}

void JobListViewModelTest::anOfferIsAnnouncedOnce()
{
    open();
    QSignalSpy offered(m_jobs.get(), &JobListViewModel::offered);
    const api::Ticket offer = mine(1, api::TicketState::assigned);

    m_office->change(offer, u"assign"_s, u"Matching"_s);
    QVERIFY(offered.wait());
    m_jobs->reload();
    QTRY_COMPARE(m_api->pendingCalls(), 0);
    m_office->push({ summaryOf(m_office->ticket(offer.id)), u"assign"_s, u"Matching"_s, {} });
    m_office->push({ summaryOf(mine(2, api::TicketState::completed)), u"complete"_s, u"Ada"_s, {} });

    QTRY_COMPARE(m_jobs->model().rowCount(), 2);
    QCOMPARE(offered.size(), 1);
}

void JobListViewModelTest::theSameJobOfferedAgainIsAnnouncedAgain()
{
    api::Ticket ticket = mine(1, api::TicketState::assigned);
    m_office->add(ticket);
    open();
    QSignalSpy offered(m_jobs.get(), &JobListViewModel::offered);
    const std::optional<api::ExpertName> me = ticket.expert;

    ticket.state = api::TicketState::open;
    ticket.expert.reset();
    m_office->change(ticket, u"reject"_s, u"Ada Rivera"_s);
    QTRY_COMPARE(m_jobs->model().rowCount(), 0);
    ticket.state = api::TicketState::assigned;
    ticket.expert = me;
    m_office->change(ticket, u"assign"_s, u"Matching"_s);

    QTRY_COMPARE(offered.size(), 1);
}

void JobListViewModelTest::anOldPushDoesNotUndoANewerState()
{
    api::Ticket ticket = mine(1, api::TicketState::assigned);
    m_office->add(ticket);
    open();
    const api::TicketSummary old = summaryOf(ticket);
    ticket.state = api::TicketState::accepted;
    m_office->change(ticket, u"accept"_s, u"Ada Rivera"_s);
    QTRY_COMPARE(m_jobs->model().at(0).state, api::TicketState::accepted);

    m_office->push({ old, u"assign"_s, u"Matching"_s, {} });
    m_office->push({ summaryOf(mine(2, api::TicketState::completed)), u"complete"_s, u"Ada"_s, {} });

    QTRY_COMPARE(m_jobs->model().rowCount(), 2);
    QCOMPARE(m_jobs->model().at(0).state, api::TicketState::accepted);
}

void JobListViewModelTest::aPageReadEarlierDoesNotUndoAPush()
{
    api::Ticket ticket = mine(1, api::TicketState::assigned);
    m_office->add(ticket);
    open();
    api::Page<api::TicketSummary> stale;
    stale.items += summaryOf(ticket);
    ticket.state = api::TicketState::accepted;
    m_office->change(ticket, u"accept"_s, u"Ada Rivera"_s);
    QTRY_COMPARE(m_jobs->model().at(0).state, api::TicketState::accepted);

    m_office->insteadOfList = ScriptedAnswer { 200, json::write(stale) };
    m_jobs->reload();
    QTRY_COMPARE(m_api->pendingCalls(), 0);

    QCOMPARE(m_jobs->model().rowCount(), 1);
    QCOMPARE(m_jobs->model().at(0).state, api::TicketState::accepted);
}

void JobListViewModelTest::aJobGivenAwayIsTakenOnce()
{
    api::Ticket ticket = mine(1, api::TicketState::accepted);
    m_office->add(ticket);
    open();
    QSignalSpy taken(m_jobs.get(), &JobListViewModel::taken);

    ticket.expert = api::ExpertName { api::AccountId::make(), u"Ben Ortiz"_s };
    ticket.state = api::TicketState::assigned;
    m_office->change(ticket, u"assign"_s, u"Mona Field"_s);
    ticket.state = api::TicketState::accepted;
    m_office->change(ticket, u"accept"_s, u"Ben Ortiz"_s);
    const api::Ticket next = mine(2, api::TicketState::completed);
    m_office->push({ summaryOf(next), u"complete"_s, u"Ada"_s, {} });

    QTRY_COMPARE(numbers(), QStringList { next.number });
    QCOMPARE(taken.size(), 1);
    QCOMPARE(taken.constFirst().at(1).toString(), u"Mona Field"_s);
}

void JobListViewModelTest::ownDoingIsNoLoss()
{
    api::Ticket ticket = mine(1, api::TicketState::inProgress);
    m_office->add(ticket);
    open();
    QSignalSpy taken(m_jobs.get(), &JobListViewModel::taken);

    ticket.state = api::TicketState::completed;
    m_office->change(ticket, u"complete"_s, u"Ada Rivera"_s);

    QTRY_COMPARE(m_jobs->model().at(0).state, api::TicketState::completed);
    QVERIFY(taken.isEmpty());
    QCOMPARE(m_jobs->currentCount(), 0);
}

void JobListViewModelTest::workThatNeedsAnotherVisitStaysAmongTheEarlierOnes()
{
    api::Ticket ticket = mine(1, api::TicketState::inProgress);
    m_office->add(ticket);
    open();
    QSignalSpy taken(m_jobs.get(), &JobListViewModel::taken);

    ticket.state = api::TicketState::open;
    ticket.expert.reset();
    m_office->change(ticket, u"revisit"_s, u"Ada Rivera"_s);

    QTRY_COMPARE(m_jobs->currentCount(), 0);
    QCOMPARE(numbers(), QStringList { ticket.number });
    QVERIFY(taken.isEmpty());
}

void JobListViewModelTest::anAnswerCountsLikeAPush()
{
    api::Ticket ticket = mine(1, api::TicketState::assigned);
    m_office->add(ticket);
    open();

    ticket.state = api::TicketState::accepted;
    ticket.version = 2;
    m_jobs->adopt(ticket);

    QCOMPARE(m_jobs->model().at(0).state, api::TicketState::accepted);
}

void JobListViewModelTest::earlierJobsComePageByPage()
{
    m_office->pageSize = 2;
    for (int i = 0; i < 5; ++i)
        m_office->add(mine(i, api::TicketState::completed));
    open();
    QCOMPARE(m_jobs->model().rowCount(), 2);

    for (const int expected : { 4, 5, 5 }) {
        m_jobs->loadMore();
        QTRY_COMPARE(m_api->pendingCalls(), 0);
        QCOMPARE(m_jobs->model().rowCount(), expected);
    }
}

QTEST_MAIN(JobListViewModelTest)
#include "job_list_view_model_test.moc"
