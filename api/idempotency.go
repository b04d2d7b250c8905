package api

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"

	"github.com/guanxi-crm/guanxi/tenant"
)

// maxKeyLength is the longest Idempotency-Key; the widespread limit.
const maxKeyLength = 255

type idempotencyKey struct{}

type captured struct {
	key, route, query string
	body              []byte
}

// captureIdempotency keeps the key and the bytes of a POST that carries one, so that the transaction can
// tell a repeat from a reused key. Uploads are streamed, and told apart by [withUpload].
func captureIdempotency(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := r.Header.Get("Idempotency-Key")
		if r.Method != http.MethodPost || header == "" {
			next.ServeHTTP(w, r)
			return
		}
		// The standard's form is quoted, Stripe's is not; both are the same key.
		key := strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(header), `"`), `"`)
		if key == "" || len(key) > maxKeyLength {
			writeProblem(w, r, newProblem(http.StatusBadRequest, "idempotency_key_invalid", "Idempotency-Key needs 1 to 255 characters."))
			return
		}
		c := captured{key: key, route: r.URL.Path, query: r.URL.Query().Encode()}
		if !strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/") {
			body, err := io.ReadAll(r.Body)
			if err != nil {
				writeProblem(w, r, newProblem(http.StatusRequestEntityTooLarge, "too_large", "The body is too large or was cut off."))
				return
			}
			c.body = body
			r.Body = io.NopCloser(bytes.NewReader(body))
		}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), idempotencyKey{}, c)))
	})
}

// idempotentRequest returns the request's identity, when it carried a key.
func idempotentRequest(ctx context.Context, credential string) (tenant.IdempotentRequest, bool) {
	c, ok := ctx.Value(idempotencyKey{}).(captured)
	if !ok {
		return tenant.IdempotentRequest{}, false
	}
	return tenant.IdempotentRequest{Scope: credential + " POST " + c.route, Key: c.key, Request: append([]byte(c.query+"\n"), c.body...)}, true
}

// isRepeatable reports whether the request has a key by which a repeat is known.
func isRepeatable(ctx context.Context) bool {
	_, ok := ctx.Value(idempotencyKey{}).(captured)
	return ok
}

// withUpload lets a file that has arrived tell a repeat of its request from another. What stands around it tells nothing:
// clients draw a new boundary each time.
func withUpload(ctx context.Context, name string, content *arriving) context.Context {
	c, ok := ctx.Value(idempotencyKey{}).(captured)
	if !ok {
		return ctx
	}
	c.body = content.digest.Sum([]byte(name + "\n"))
	return context.WithValue(ctx, idempotencyKey{}, c)
}

func encodeAnswer[O any](out *O) ([]byte, error) { return json.Marshal(out) }

func decodeAnswer[O any](answer []byte) (*O, error) {
	out := new(O)
	return out, json.Unmarshal(answer, out)
}
