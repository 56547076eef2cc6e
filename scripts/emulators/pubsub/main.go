// Pub/Sub as Google's own in-memory server (pstest), with what the service does beyond it (service.go). Arguments: the
// address of the service and the address of its HTTP control (control.go).
package main

import (
	"fmt"
	"net"
	"net/http"
	"os"

	pb "cloud.google.com/go/pubsub/apiv1/pubsubpb"
	"google.golang.org/grpc"
)

func main() {
	if len(os.Args) != 3 {
		fail(fmt.Errorf("usage: %s SERVICE_ADDRESS CONTROL_ADDRESS", os.Args[0]))
	}
	service := newService()
	listener, err := net.Listen("tcp", os.Args[1])
	fail(err)
	server := grpc.NewServer(grpc.MaxRecvMsgSize(16 << 20))
	pb.RegisterPublisherServer(server, service)
	pb.RegisterSubscriberServer(server, service)
	go func() { fail(http.ListenAndServe(os.Args[2], service.control())) }()
	fail(server.Serve(listener))
}

func fail(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
