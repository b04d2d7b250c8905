package tenant

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// MemberStatus says whether a member may act.
type MemberStatus string

// The states of a member.
const (
	MemberActive      MemberStatus = "active"
	MemberDeactivated MemberStatus = "deactivated"
)

// Member is a person within one company.
type Member struct {
	ID    MemberID `db:"id" json:"id" doc:"The person's id, the same in every company they belong to." example:"usr_01h455vb4pex5vsknk084sn02q"`
	Name  string   `db:"name" json:"name" doc:"Display name." example:"陈晨"`
	Title string   `db:"title" json:"title" doc:"What they do in the company; may be empty." example:"销售总监"`
	Email *string  `db:"email" json:"email" doc:"Sign-in e-mail, if there is one." example:"chen@acme.example"`
	Phone *string  `db:"phone" json:"phone" doc:"Sign-in phone number in E.164, if there is one." example:"+8613800138000"`
	// ManagerID is whom the member reports to.
	ManagerID MemberID     `db:"manager_id" json:"manager_id" nullable:"true" doc:"Whom the member reports to; null at the top of the tree."`
	Status    MemberStatus `db:"status" json:"status" enum:"active,deactivated" doc:"Deactivated members cannot sign in; what they owned stays."`
	Locale    string       `db:"locale" json:"locale" enum:"zh-CN,en" doc:"Language of notices and screens."`
	TimeZone  *string      `db:"timezone" json:"timezone" doc:"IANA name of the zone in which the member lives; null for the company's." example:"Asia/Shanghai"`
	// LastActiveAt is when they were last known to be there, to some minutes; those who may know are told by the edge.
	LastActiveAt *time.Time `db:"last_active_at" json:"-"`
	Version      int64      `db:"version" json:"-"`
	CreatedAt    time.Time  `db:"created_at" json:"created_at" doc:"When the member joined (UTC)."`
	UpdatedAt    time.Time  `db:"updated_at" json:"updated_at" doc:"Last change (UTC)."`
}

const memberColumns = `id, name, title, email, phone, manager_id, status, locale, timezone, last_active_at, version, created_at, updated_at`

// ErrCycle is returned for a manager who reports, directly or not, to the member.
var ErrCycle = errors.New("the manager reports to this member")

// holdTree makes changes of the reporting tree wait for each other: two moves that are harmless alone can
// close a circle together. It writes, because a mere lock does not hold between Galera nodes.
func holdTree(ctx context.Context, tx *Tx) error {
	_, err := tx.Exec(ctx, `INSERT INTO company.counters (name, value) VALUES ('tree', 1) ON DUPLICATE KEY UPDATE value = value + 1`)
	return err
}

// AddMember adds a member and their place in the reporting tree. It returns *DuplicateError when the
// person is a member already and ErrNotFound when the manager is not one.
func AddMember(ctx context.Context, tx *Tx, m Member) (Member, error) {
	if err := holdTree(ctx, tx); err != nil {
		return Member{}, err
	}
	if !m.ManagerID.IsZero() {
		if _, err := GetMember(ctx, tx.Query, m.ManagerID); err != nil {
			return Member{}, fmt.Errorf("manager: %w", err)
		}
	}
	m.Status, m.Version, m.CreatedAt, m.UpdatedAt = MemberActive, 1, tx.Now, tx.Now
	if _, err := tx.NamedExec(ctx, `
		INSERT INTO company.members (`+memberColumns+`)
		VALUES (:id, :name, :title, :email, :phone, :manager_id, :status, :locale, :timezone, :last_active_at, :version, :created_at, :updated_at)`, m); err != nil {
		return Member{}, fmt.Errorf("member %s: %w", m.ID, err)
	}
	_, err := tx.Exec(ctx, `
		INSERT INTO company.member_tree (ancestor_id, descendant_id, depth)
		SELECT ancestor_id, ?, depth + 1 FROM company.member_tree WHERE descendant_id = ?
		UNION ALL SELECT ?, ?, 0`, m.ID, m.ManagerID, m.ID, m.ID)
	return m, err
}

// GetMember returns a member of the company, active or not.
func GetMember(ctx context.Context, q *Query, id MemberID) (Member, error) {
	var m Member
	if err := q.Get(ctx, &m, `SELECT `+memberColumns+` FROM company.members WHERE id = ?`, id); err != nil {
		return Member{}, fmt.Errorf("member %s: %w", id, err)
	}
	return m, nil
}

// LockMember is GetMember for whoever is about to change the member: it reads what is committed now and lets
// nobody else change the row before this transaction ends.
func LockMember(ctx context.Context, tx *Tx, id MemberID) (Member, error) {
	var m Member
	if err := tx.Get(ctx, &m, `SELECT `+memberColumns+` FROM company.members WHERE id = ? FOR UPDATE`, id); err != nil {
		return Member{}, fmt.Errorf("member %s: %w", id, err)
	}
	return m, nil
}

// ListMembers returns all members by name. Companies have tens of members, at most a few hundred.
func ListMembers(ctx context.Context, q *Query) ([]Member, error) {
	var all []Member
	err := q.Select(ctx, &all, `SELECT `+memberColumns+` FROM company.members ORDER BY name, id LIMIT 5000`)
	return all, err
}

// Team returns the member and everyone below them, all levels.
func Team(ctx context.Context, q *Query, id MemberID) ([]MemberID, error) {
	var team []MemberID
	err := q.Select(ctx, &team, `SELECT descendant_id FROM company.member_tree WHERE ancestor_id = ? ORDER BY depth, descendant_id`, id)
	return team, err
}

// SetManager moves the member, with everyone below, under another manager; the zero id moves them to the
// top. It returns ErrCycle for a manager from below.
func SetManager(ctx context.Context, tx *Tx, id, manager MemberID) error {
	if err := holdTree(ctx, tx); err != nil {
		return err
	}
	if !manager.IsZero() {
		if _, err := GetMember(ctx, tx.Query, manager); err != nil {
			return fmt.Errorf("manager: %w", err)
		}
	}
	// FOR UPDATE reads what is committed now, not what was when the transaction began to read.
	var below, above []MemberID
	if err := tx.Select(ctx, &below, `SELECT descendant_id FROM company.member_tree WHERE ancestor_id = ? FOR UPDATE`, id); err != nil {
		return err
	}
	if slices.Contains(below, manager) {
		return fmt.Errorf("member %s: %w", id, ErrCycle)
	}
	if err := tx.MustChange(ctx, `UPDATE company.members SET manager_id = ?, version = version + 1, updated_at = ? WHERE id = ?`, manager, tx.Now, id); err != nil {
		return fmt.Errorf("member %s: %w", id, err)
	}
	if err := tx.Select(ctx, &above, `SELECT ancestor_id FROM company.member_tree WHERE descendant_id = ? AND depth > 0 FOR UPDATE`, id); err != nil {
		return err
	}
	if len(above) > 0 {
		if _, err := tx.ExecIn(ctx, `DELETE FROM company.member_tree WHERE ancestor_id IN (?) AND descendant_id IN (?)`, above, below); err != nil {
			return err
		}
	}
	_, err := tx.Exec(ctx, `
		INSERT INTO company.member_tree (ancestor_id, descendant_id, depth)
		SELECT above.ancestor_id, below.descendant_id, above.depth + below.depth + 1
		FROM company.member_tree above CROSS JOIN company.member_tree below
		WHERE above.descendant_id = ? AND below.ancestor_id = ?`, manager, id)
	return err
}

// Location is where the member lives; nil for the company's zone, and for one that is not known any more.
func (m *Member) Location() *time.Location {
	if m.TimeZone == nil {
		return nil
	}
	zone, err := time.LoadLocation(*m.TimeZone)
	if err != nil {
		return nil
	}
	return zone
}

// UpdateMember stores the member's name, title, locale and time zone. It returns ErrNotFound for somebody who is not a member.
func UpdateMember(ctx context.Context, tx *Tx, m Member) error {
	if err := tx.MustChange(ctx, `UPDATE company.members SET name = ?, title = ?, locale = ?, timezone = ?, version = version + 1, updated_at = ? WHERE id = ?`,
		m.Name, m.Title, m.Locale, m.TimeZone, tx.Now, m.ID); err != nil {
		return fmt.Errorf("member %s: %w", m.ID, err)
	}
	return nil
}

// RenewMembers gives members another version, after something was changed that is kept elsewhere and shown with them.
func RenewMembers(ctx context.Context, tx *Tx, ids []MemberID) error {
	if len(ids) == 0 {
		return nil
	}
	_, err := tx.ExecIn(ctx, `UPDATE company.members SET version = version + 1, updated_at = ? WHERE id IN (?)`, tx.Now, ids)
	return err
}

// TouchMember notes that the member is there now. It changes nothing that anybody edits.
func TouchMember(ctx context.Context, tx *Tx, id MemberID) error {
	_, err := tx.Exec(ctx, `UPDATE company.members SET last_active_at = ? WHERE id = ?`, tx.Now, id)
	return err
}

// SetMemberPhone shows the number by which the person signs in, nil for none.
func SetMemberPhone(ctx context.Context, tx *Tx, id MemberID, phone *string) error {
	if err := tx.MustChange(ctx, `UPDATE company.members SET phone = ?, version = version + 1, updated_at = ? WHERE id = ?`, phone, tx.Now, id); err != nil {
		return fmt.Errorf("member %s: %w", id, err)
	}
	return nil
}

// SetMemberStatus lets a member act, or not.
func SetMemberStatus(ctx context.Context, tx *Tx, id MemberID, status MemberStatus) error {
	if err := tx.MustChange(ctx, `UPDATE company.members SET status = ?, version = version + 1, updated_at = ? WHERE id = ?`, status, tx.Now, id); err != nil {
		return fmt.Errorf("member %s: %w", id, err)
	}
	return nil
}
