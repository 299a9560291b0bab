import java.io.*;
import java.sql.*;
import java.util.*;

/** Asks what comes in, a statement a line, over one connection; answers a line each: rows, or `!` and why not. */
public class AskByJdbc {
  public static void main(String[] arguments) throws Exception {
    Properties login = new Properties();
    login.setProperty("user", arguments[1]);
    login.setProperty("password", arguments[2]);
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in));
    try (Connection connection = DriverManager.getConnection(arguments[0], login)) {
      for (String line; (line = lines.readLine()) != null; ) System.out.println("> " + answer(connection, line));
    }
  }

  static String answer(Connection connection, String line) {
    try {
      DatabaseMetaData meta = connection.getMetaData();
      if (line.equals("#valid")) return String.valueOf(connection.isValid(10));
      if (line.equals("#schemas")) return column(meta.getSchemas(), 1);
      if (line.equals("#tables")) return column(meta.getTables(null, null, "%", null), 3);
      if (line.startsWith("#columns ")) return column(meta.getColumns(null, null, line.substring(9), "%"), 4);
      if (line.equals("#types")) return meta.getTypeInfo().next() ? "some" : "none";
      if (line.startsWith("#prepared ")) {
        try (PreparedStatement statement = connection.prepareStatement(line.substring(10))) {
          statement.setString(1, "it's 'paid'");
          return column(statement.executeQuery(), 1);
        }
      }
      try (Statement statement = connection.createStatement()) {
        statement.setMaxRows(100);
        return statement.execute(line) ? column(statement.getResultSet(), 1) : "done";
      }
    } catch (Exception error) {
      return "! " + String.valueOf(error.getMessage()).replace('\n', ' ');
    }
  }

  static String column(ResultSet rows, int number) throws SQLException {
    List<String> values = new ArrayList<>();
    while (rows.next()) values.add(String.valueOf(rows.getObject(number)));
    return String.join(",", values);
  }
}
