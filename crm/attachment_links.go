package crm

import (
	"context"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"time"

	"github.com/guanxi-crm/guanxi/tenant"
)

// The shortest, usual and longest life of a link to a file.
const (
	MinLinkLife     = time.Minute
	DefaultLinkLife = 15 * time.Minute
	MaxLinkLife     = 24 * time.Hour
)

// linkPurpose keeps a link's secret from being taken for another.
const linkPurpose = "attachment link"

// FileLink is what a link to a file says: whose file it is, which one, and with whose rights it may be read until when.
type FileLink struct {
	Company    tenant.CompanyID
	Attachment AttachmentID
	Member     tenant.MemberID
	Expires    time.Time
}

// LinkAttachment makes the token of a link to a file that the caller may read. Whoever has it reads the file for the
// given time, as long as the caller could.
func LinkAttachment(ctx context.Context, q *tenant.Query, id AttachmentID, life time.Duration) (token string, expires time.Time, err error) {
	if life < MinLinkLife || life > MaxLinkLife {
		return "", time.Time{}, tenant.Invalid("expires_in", "out_of_range", fmt.Sprintf("must be %d to %d seconds", int(MinLinkLife.Seconds()), int(MaxLinkLife.Seconds())))
	}
	if _, err := GetAttachment(ctx, q, id); err != nil {
		return "", time.Time{}, err
	}
	expires = q.Now.Add(life).Truncate(time.Second)
	secret := binary.BigEndian.AppendUint64(append(id[:], q.Caller.Member[:]...), uint64(expires.Unix()))
	sealed, err := q.Seal(linkPurpose, secret)
	if err != nil {
		return "", time.Time{}, err
	}
	return base64.RawURLEncoding.EncodeToString(append(q.Company.ID[:], sealed...)), expires, nil
}

// LinkCompany returns the company that a token says it is of, which only [OpenLink] can confirm. It returns ErrNotFound
// for what is no token.
func LinkCompany(token string) (tenant.CompanyID, error) {
	raw, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || len(raw) <= len(tenant.CompanyID{}) {
		return tenant.CompanyID{}, fmt.Errorf("link to a file: %w", tenant.ErrNotFound)
	}
	return tenant.CompanyID(raw[:16]), nil
}

// OpenLink reads a token of the query's company. It returns ErrNotFound for one that we have not made or that has
// expired. What the member may read now is for the caller to ask.
func OpenLink(q *tenant.Query, token string) (FileLink, error) {
	bad := fmt.Errorf("link to a file: %w", tenant.ErrNotFound)
	raw, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || len(raw) < 16 || tenant.CompanyID(raw[:16]) != q.Company.ID {
		return FileLink{}, bad
	}
	secret, err := q.Open(linkPurpose, raw[16:])
	if err != nil || len(secret) != 40 {
		return FileLink{}, bad
	}
	link := FileLink{
		Company: q.Company.ID, Attachment: AttachmentID(secret[:16]), Member: tenant.MemberID(secret[16:32]),
		Expires: time.Unix(int64(binary.BigEndian.Uint64(secret[32:])), 0).UTC(),
	}
	if !q.Now.Before(link.Expires) {
		return FileLink{}, bad
	}
	return link, nil
}
