package main

import (
	"encoding/json"
	"net/http"
	"time"
)

// control takes {"aheadSeconds": 5} with POST to /clock, how far the service's clock is ahead, and stands for Cloud
// Monitoring.
func (s *service) control() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /clock", s.setClock)
	mux.HandleFunc("GET /v3/projects/{project}/timeSeries", s.timeSeries)
	return mux
}

func (s *service) setClock(writer http.ResponseWriter, request *http.Request) {
	var body struct {
		AheadSeconds float64 `json:"aheadSeconds"`
	}
	if err := json.NewDecoder(request.Body).Decode(&body); err != nil {
		http.Error(writer, err.Error(), http.StatusBadRequest)
		return
	}
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.ahead = time.Duration(body.AheadSeconds * float64(time.Second))
	writer.WriteHeader(http.StatusNoContent)
}
