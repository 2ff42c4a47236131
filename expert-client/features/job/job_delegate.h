#pragma once

#include "expert-client/features/job/job_list_view_model.h"

#include <QStyledItemDelegate>

// Draws one job of the list as a card: number, state and age, then what and where.
class JobDelegate : public QStyledItemDelegate
{
    Q_OBJECT
public:
    explicit JobDelegate(JobListViewModel &jobs, QObject *parent = nullptr);

    void
    paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override;
    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override;

private:
    JobListViewModel &m_jobs;
};
