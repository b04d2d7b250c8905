package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/guanxi-crm/guanxi/auth"
	"github.com/guanxi-crm/guanxi/billing"
	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/rbac"
	"github.com/guanxi-crm/guanxi/tenant"
	"github.com/guanxi-crm/guanxi/tenant/files"
)

func (s *Server) attachmentRoutes(r *routes) {
	p := rbac.Attachment
	register(r, post("/attachments", "Upload a file", alsoAnswers(http.StatusPaymentRequired, http.StatusUnprocessableEntity), describe(
		"Attaches it to a record that you may change, or keeps it for a day for a record that is yet to be made and will name it "+
			"in attachment_ids. What the file is, is found out by its content.")), p.Create, billing.Free, s.uploadAttachment)
	documentUpload(r, "/attachments")
	register(r, get("/attachments", "List the files of a record"), p.Read, billing.Free, s.listAttachments)
	register(r, get("/attachments/{id}", "Get what is known of a file"), p.Read, billing.Free, s.getAttachment)
	register(r, get("/attachments/{id}/content", "Download a file", downloadsBytes()), p.Read, billing.Free, s.attachmentContent)
	register(r, post("/attachments/{id}/link", "Make a link to a file", describe(
		"For programs that cannot send a token: a browser's window, a viewer on a phone. The link reads with your rights: when you lose "+
			"the record, it is worth nothing.")), p.Read, billing.Free, s.linkAttachment)
	register(r, get("/files", "Download a file by its link", downloadsBytes(), describe("The link itself says who may read what.")), rbac.Public, billing.Free, s.linkedFile)
	register(r, del("/attachments/{id}", "Delete a file", describe("Moves the file to the trash, where it takes up room for 30 days and can be restored.")),
		p.Delete, billing.Free, s.deleteAttachment)
	register(r, post("/attachments/{id}/restore", "Take a file out of the trash", answers(http.StatusOK)), p.Delete, billing.Free, s.restoreAttachment)
}

// downloadsBytes documents an answer that is a file of any kind.
func downloadsBytes() option {
	return func(op *operation) {
		bytes := map[string]*huma.MediaType{crm.AnyType: {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}}
		op.Responses = map[string]*huma.Response{
			"200": {Description: "The file.", Content: bytes}, "206": {Description: "The part that Range asks for.", Content: bytes},
			"304": {Description: "The file that If-None-Match names is the right one."},
		}
	}
}

// AttachmentPath names a file in the path.
type AttachmentPath struct {
	ID crm.AttachmentID `path:"id" doc:"The file's id." example:"att_01h455vb4pex5vsknk084sn02q"`
}

type uploadAttachmentInput struct {
	Record crm.RecordRef    `query:"record_id" doc:"The record to attach the file to; a record that is yet to be made when left out." example:"int_01h455vb4pex5vsknk084sn02q"`
	ID     crm.AttachmentID `query:"id" doc:"An id made by the client, for sending again without doubling; it may be used once."`
	uploadInput
}

func (s *Server) uploadAttachment(ctx context.Context, in *uploadAttachmentInput) (*created[crm.Attachment], error) {
	if s.cfg.Files == nil {
		return nil, files.ErrNotConfigured
	}
	tooLarge := fmt.Sprintf("The file is larger than %d MB, which is the most that can be attached.", s.cfg.FileLimit>>20)
	part, err := in.file(tooLarge)
	if err != nil {
		return nil, err
	}
	p, folder := principalOf(ctx), s.cfg.Files.Company(principalOf(ctx).company.ID)
	content := newArriving(part)
	file, err := crm.StoreFile(ctx, s.tenants, p.company, p.caller, folder, crm.NewAttachment{
		ID: in.ID, Record: in.Record, Name: part.FileName(), Expected: in.length - partOverhead, Limit: s.cfg.FileLimit,
	}, content)
	if err != nil {
		if content.err != nil && ctx.Err() == nil {
			err = io.ErrUnexpectedEOF
		}
		refusal := brokenUpload(err, tooLarge)
		if !isRepeatable(ctx) || content.err != nil {
			return nil, refusal
		}
		// It may be the repeat of an upload that was kept: then its id is in use, and its answer is there. Whether it is, all of
		// its bytes tell.
		if _, err := io.Copy(io.Discard, content); err != nil {
			return nil, refusal
		}
		return inTx(withUpload(ctx, part.FileName(), content), s, func(*tenant.Tx) (*created[crm.Attachment], error) { return nil, refusal })
	}
	used := false
	out, err := inTx(withUpload(ctx, part.FileName(), content), s, func(tx *tenant.Tx) (*created[crm.Attachment], error) {
		used = true
		a, err := crm.CreateAttachment(ctx, tx, file)
		return &created[crm.Attachment]{"/v1/attachments/" + a.ID.String(), etag(1), a}, err
	})
	// Refused, or a repeat that has its answer already. When nobody knows whether it was kept, tomorrow's sweep does.
	if (err != nil || !used) && !errors.Is(err, tenant.ErrOutcomeUnknown) {
		err = errors.Join(err, crm.RemoveFile(context.WithoutCancel(ctx), s.tenants, p.company, p.caller, folder, file.ID))
	}
	return out, err
}

// partOverhead is more than what stands around the file in a multipart body.
const partOverhead = 4096

type listAttachmentsInput struct {
	Record crm.RecordRef `query:"record_id" required:"true" doc:"Whose files." example:"cus_01h455vb4pex5vsknk084sn02q"`
	Trash  bool          `query:"trash" doc:"Lists those in the trash instead."`
	ListInput
}

func (s *Server) listAttachments(ctx context.Context, in *listAttachmentsInput) (*list[crm.Attachment], error) {
	return read(ctx, s, func(q *tenant.Query) (*list[crm.Attachment], error) {
		page, err := crm.ListAttachments(ctx, q, in.Record, in.Trash, in.query())
		return &list[crm.Attachment]{page}, err
	})
}

func (s *Server) getAttachment(ctx context.Context, in *AttachmentPath) (*item[crm.Attachment], error) {
	return read(ctx, s, func(q *tenant.Query) (*item[crm.Attachment], error) {
		a, err := crm.GetAttachment(ctx, q, in.ID)
		return &item[crm.Attachment]{etag(1), a}, err
	})
}

// Disposition is embedded by inputs that download a file.
type Disposition struct {
	Inline bool `query:"inline" doc:"Lets a browser show the file instead of saving it, if that is harmless: pictures, PDF, sound, film, plain text."`
}

type attachmentContentInput struct {
	AttachmentPath
	Disposition
}

func (s *Server) attachmentContent(ctx context.Context, in *attachmentContentInput) (*huma.StreamResponse, error) {
	p := principalOf(ctx)
	return s.sendFile(ctx, p.company, p.caller, in.ID, in.Inline)
}

// sendFile streams a file that the caller may read.
func (s *Server) sendFile(ctx context.Context, company *tenant.Company, caller *tenant.Caller, id crm.AttachmentID, inline bool) (*huma.StreamResponse, error) {
	var a crm.Attachment
	if err := s.tenants.Read(ctx, company, caller, func(q *tenant.Query) (err error) {
		a, err = crm.GetAttachment(ctx, q, id)
		return err
	}); err != nil {
		return nil, err
	}
	content, err := s.cfg.Files.Company(company.ID).Reader(ctx, a.ID.String(), a.Size)
	if err != nil {
		return nil, err
	}
	return &huma.StreamResponse{Body: func(hctx huma.Context) {
		defer func() { _ = content.Close() }()
		r, w := humaUnwrap(hctx)
		fileHeaders(w.Header(), a, inline)
		http.ServeContent(unhurried{w}, r, "", a.CreatedAt, content)
	}}, nil
}

// fileHeaders says what the file is and that it may do nothing. Its origin is the API's own, so a page or picture that
// somebody has attached must not run as one of ours.
func fileHeaders(h http.Header, a crm.Attachment, inline bool) {
	kind, harmless := a.Served()
	disposition := "attachment"
	if inline && harmless {
		disposition = "inline"
	}
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", mime.FormatMediaType(disposition, map[string]string{"filename": a.Name}))
	h.Set("ETag", `"`+a.SHA256+`"`)
	// Rights are asked anew each time; a browser may keep the bytes and be told that they are still the right ones.
	h.Set("Cache-Control", "private, no-cache")
	if kind != "application/pdf" { // browsers show no PDF in a sandbox, and a PDF runs nothing outside of its viewer
		h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	}
}

// LinkRequest says how long a link is good for.
type LinkRequest struct {
	ExpiresIn int `json:"expires_in,omitempty" minimum:"60" maximum:"86400" default:"900" doc:"For how many seconds the link is good." example:"900"`
}

// FileLink is a link to a file.
type FileLink struct {
	URL       string    `json:"url" doc:"Whoever has it may read the file until then, so keep it out of logs and chats." example:"https://crm.example.com/v1/files?token=AZ3k"`
	ExpiresAt time.Time `json:"expires_at" doc:"Until when it is good (UTC)."`
}

type linkAttachmentInput struct {
	AttachmentPath
	Body LinkRequest
}

type linkAttachmentOutput struct{ Body FileLink }

func (s *Server) linkAttachment(ctx context.Context, in *linkAttachmentInput) (*linkAttachmentOutput, error) {
	return read(ctx, s, func(q *tenant.Query) (*linkAttachmentOutput, error) {
		token, expires, err := crm.LinkAttachment(ctx, q, in.ID, time.Duration(in.Body.ExpiresIn)*time.Second)
		return &linkAttachmentOutput{FileLink{s.cfg.PublicURL + "/v1/files?token=" + url.QueryEscape(token), expires}}, err
	})
}

type linkedFileInput struct {
	Token string `query:"token" required:"true" maxLength:"300" doc:"What the link carries."`
	Disposition
}

func (s *Server) linkedFile(ctx context.Context, in *linkedFileInput) (*huma.StreamResponse, error) {
	company, caller, id, err := s.linkBearer(ctx, in.Token)
	if err != nil {
		return nil, err
	}
	return s.sendFile(ctx, company, caller, id, in.Inline)
}

// linkBearer returns with whose rights a link reads which file. Somebody who has left the company or lost the
// permission is as unknown as a link that nobody has made.
func (s *Server) linkBearer(ctx context.Context, token string) (*tenant.Company, *tenant.Caller, crm.AttachmentID, error) {
	fail := func(err error) (*tenant.Company, *tenant.Caller, crm.AttachmentID, error) {
		return nil, nil, crm.AttachmentID{}, err
	}
	id, err := crm.LinkCompany(token)
	if err != nil {
		return fail(err)
	}
	company, err := s.tenants.Company(ctx, id)
	if err != nil {
		return fail(err)
	}
	var link crm.FileLink
	system := tenant.System()
	if err := s.tenants.Read(ctx, company, &system, func(q *tenant.Query) (err error) {
		link, err = crm.OpenLink(q, token)
		return err
	}); err != nil {
		return fail(err)
	}
	p, err := s.callers.principal(ctx, auth.Identity{Kind: tenant.ByMember, Member: link.Member, Company: id, Source: "link:" + link.Member.String()})
	if errors.Is(err, auth.ErrUnauthenticated) {
		err = fmt.Errorf("link of %s: %w", link.Member, tenant.ErrNotFound)
	}
	if err != nil {
		return fail(err)
	}
	if !p.caller.May(rbac.Attachment.Read.Name()) {
		return fail(fmt.Errorf("link of %s: %w", link.Member, tenant.ErrNotFound))
	}
	if _, err := s.limits.allow(ctx, p); err != nil {
		return fail(err)
	}
	request := requestOf(ctx)
	request.company, request.member = company.ID, link.Member
	return p.company, p.caller, link.Attachment, nil
}

type deleteAttachmentInput struct {
	AttachmentPath
	Permanent bool `query:"permanent" doc:"Deletes the file for good, out of the trash too, and frees its room."`
}

func (s *Server) deleteAttachment(ctx context.Context, in *deleteAttachmentInput) (*nothing, error) {
	return inTx(ctx, s, func(tx *tenant.Tx) (*nothing, error) {
		return &nothing{}, crm.DeleteAttachment(ctx, tx, in.ID, in.Permanent)
	})
}

func (s *Server) restoreAttachment(ctx context.Context, in *AttachmentPath) (*item[crm.Attachment], error) {
	return inTx(ctx, s, func(tx *tenant.Tx) (*item[crm.Attachment], error) {
		a, err := crm.RestoreAttachment(ctx, tx, in.ID)
		return &item[crm.Attachment]{etag(1), a}, err
	})
}
